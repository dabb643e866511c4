"""Events known to lie between two visits."""
