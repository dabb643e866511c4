"""Response categories of the International Myeloma Working Group, best first.

References
----------
.. [1] Durie et al. (2006), Leukemia 20:1467-1473.
.. [2] Kumar et al. (2016), Lancet Oncol 17:e328-346.
"""

from typing import Literal

ResponseCategory = Literal["sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE"]
RESPONSE_CATEGORIES: dict[str, str] = {
    "sCR": "stringent complete response",
    "CR": "complete response",
    "VGPR": "very good partial response",
    "PR": "partial response",
    "MR": "minimal response",
    "SD": "stable disease",
    "PD": "progressive disease",
    "NE": "not evaluable",
}
PARTIAL_RESPONSE_OR_BETTER = ("sCR", "CR", "VGPR", "PR")
NOT_EVALUABLE = "NE"
