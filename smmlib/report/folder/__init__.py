"""The folder of a report: where it may be, and how the new one takes the place of the last."""
