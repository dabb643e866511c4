"""The same numbers by other programs."""
