"""Synthetic cohorts: patients made from a seed to give back published numbers, where the real ones are not public."""
