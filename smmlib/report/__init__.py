"""The way of a number to the page: records, ledger, second implementations and the report."""
