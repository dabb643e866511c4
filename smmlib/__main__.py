"""`python -m smmlib`: the command `smmlib` of this Python."""

if __name__ == "__main__":  # forked and spawned processes import this under another name, and must not pay for the rest
    from smmlib.cli import entry

    entry()
