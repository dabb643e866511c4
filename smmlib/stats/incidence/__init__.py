"""Events in the time for which patients were at risk of them."""
