"""What a reader sees: text of numbers and figures. Nothing is computed here."""
