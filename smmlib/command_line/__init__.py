"""What every command does beside its work: signals, standard streams, faults, arguments and child processes."""
