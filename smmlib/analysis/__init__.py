"""What is estimated of a study: the numbers of each section by their keys, from its analysis data."""
