"""`python -m smmlib.trial.new_study my-trial FOLDER`: start the analysis of a trial of one's own."""

from smmlib.command_line.run import run_command
from smmlib.trial.new_study.command import main

if __name__ == "__main__":
    run_command(main)
