"""`python -m smmlib.calibration params/my-study.yaml ...`: make the synthetic cohorts of studies again."""

if __name__ == "__main__":  # not the module of the functions that are sent to other processes, which cannot import it
    from smmlib.calibration.command import main
    from smmlib.command_line.run import run_command

    run_command(main)
