"""What the summary of a test run says beside the counts."""

from skip_reasons import R_IS_MISSING


def pytest_terminal_summary(terminalreporter):
    """How many tests were skipped because R is not on this machine."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if R_IS_MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.section("R")
        terminalreporter.line(f"{len(skipped)} tests skipped: each {R_IS_MISSING}.")
