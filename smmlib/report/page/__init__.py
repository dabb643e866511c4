"""The page of a report, made from numbers as text."""
