"""Published numbers and what was reproduced of them: the ledger, and the ranges of what was not published."""
