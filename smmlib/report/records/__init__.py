"""Numbers as records: from the notebook that makes them to the text that every format prints."""
