"""What is estimated of adverse events."""
