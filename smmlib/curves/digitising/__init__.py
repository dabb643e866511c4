"""Reading survival curves from vector figures: what is painted, the axes, the step curves, their ticks and names."""
