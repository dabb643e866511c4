"""What may be shown of small counts."""
