"""`python -m smmlib.report params/my-study.yaml`: from a parameters file to its report."""

if __name__ == "__main__":  # a forked kernel imports this module under another name, and must not pay for the rest
    from smmlib.command_line.run import run_command
    from smmlib.report.command import main

    run_command(main)
