"""What becomes of each patient in the variants of an analysis."""
