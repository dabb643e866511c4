"""Two arms: log-rank tests, hazard ratios and their relatives."""
