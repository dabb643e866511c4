"""A report with all that is needed to check it and to make it again, in one file for a reviewer."""
