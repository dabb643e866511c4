"""The terms under which each trial is drawn, from what a good paper gives to next to nothing."""

from benchmarks.reconstruction.drawing import Terms

GOOD = Terms("120 points")
CONDITIONS = (
    GOOD,
    Terms("60 points", points=60),
    Terms("300 points", points=300),
    Terms("every step", points=None),
    Terms("rounded to 0.01", decimals=2),
    Terms("pixel, 600 dpi", dots_per_inch=600),
    Terms("pixel, 300 dpi", dots_per_inch=300),
    Terms("pixel, 300 dpi, censoring ticks", dots_per_inch=300, ticks=True),
    Terms("pixel, 300 dpi, no total", dots_per_inch=300, total_events=False),
    Terms("no total of events", total_events=False),
    Terms("no risk table", risk_table=False),
    Terms("no risk table, ticks", risk_table=False, ticks=True),
    Terms("no risk table, every step", points=None, risk_table=False),
    Terms("no risk table, no total", risk_table=False, total_events=False),
    Terms("no risk table, every step, ticks", points=None, risk_table=False, total_events=False, ticks=True),
)
