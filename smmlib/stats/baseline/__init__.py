"""Patients as they were at baseline: what they are like in an arm, and how far two arms differ."""
