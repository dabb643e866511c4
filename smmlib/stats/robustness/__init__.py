"""How far a result would hold if the data were otherwise."""
