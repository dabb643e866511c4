"""Response rates, of one arm and of two."""
