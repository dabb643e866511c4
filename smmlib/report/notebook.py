"""What notebooks take from the report: their records, and what of a curve they may show."""

from smmlib.report.disclosure.masked_competing import shown_incidence
from smmlib.report.disclosure.shown_curves import shown_curve, shown_risk_table
from smmlib.report.records.bars import response_bars
from smmlib.report.records.drawings import response_drawings
from smmlib.report.records.flow_stages import flow_stages
from smmlib.report.records.forest_rows import forest_rows
from smmlib.report.records.recording import Records
from smmlib.report.records.sensitivity_rows import sensitivity_rows

__all__ = [
    "Records",
    "flow_stages",
    "forest_rows",
    "response_bars",
    "response_drawings",
    "sensitivity_rows",
    "shown_curve",
    "shown_incidence",
    "shown_risk_table",
]
