"""Table files: their formats, what their columns must hold, and every problem found in them."""
