"""Two reports of one study held against each other: which numbers moved, and what explains it."""
