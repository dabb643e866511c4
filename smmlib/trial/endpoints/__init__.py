"""Time and event of each patient by a stated rule, with the date that decided and the reason in words."""
