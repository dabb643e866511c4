"""The report in other formats than the page: what the page says, as a document, and a renderer for each format."""
