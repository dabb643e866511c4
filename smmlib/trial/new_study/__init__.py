"""A new study: a commented parameters file and the empty tables that it names."""
