"""Published curves: read from vector figures, and the patients that are reconstructed from them."""
