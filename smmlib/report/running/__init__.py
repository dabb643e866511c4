"""Running notebooks: kernels, parallel jobs with a time limit, and what a run says meanwhile."""
