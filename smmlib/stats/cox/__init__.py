"""Cox's model with several covariates."""
