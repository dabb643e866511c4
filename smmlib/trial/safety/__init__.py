"""Adverse events: which count, of which kind and grade they are, and for how long patients were at risk of them."""
