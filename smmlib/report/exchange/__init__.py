"""A report for other programs: its numbers by CDISC's Analysis Results Standard."""
