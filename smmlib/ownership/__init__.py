"""What this package made, and so may replace or remove: told by marks, and kept to one run at a time by locks.

Standard library only, and nothing newer than Python 3.6: `make clean` runs it by a Python that may hold no packages.
"""
