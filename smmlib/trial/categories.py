"""Scales of response: their categories best first, which of them are a response, and what they are called.

References
----------
.. [1] Durie et al. (2006), Leukemia 20:1467-1473.
.. [2] Kumar et al. (2016), Lancet Oncol 17:e328-346.
.. [3] Eisenhauer et al. (2009), Eur J Cancer 45:228-247.
.. [4] Cheson et al. (2014), J Clin Oncol 32:3059-3067.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from smmlib.plain_text import lower_first

ScaleName = Literal["imwg", "recist-1.1", "lugano-2014", "yes-no"]
NOT_EVALUABLE = "NE"
"""The category of patients without an assessment, whatever the scale."""
PROGRESSION = "PD"
"""The category after which nothing counts, unless a study names another."""


@dataclass(frozen=True)
class ResponseScale:
    """Categories of response.

    Attributes
    ----------
    labels : dict of str to str
        What each category is called, best first: "CR", "complete response". `NE` is among them.
    responders : tuple of str
        Categories that count as a response, in the order of the scale.
    progression : tuple of str
        Categories of progression: after the first of them nothing counts.
    criteria : str
        Where the categories come from, as a phrase after "by"; empty for a study's own.
    """

    labels: dict[str, str]
    responders: tuple[str, ...]
    progression: tuple[str, ...] = (PROGRESSION,)
    criteria: str = ""

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories, best first."""
        return tuple(self.labels)

    @property
    def responders_in_words(self) -> str:
        """What a response is: "partial response or better", "complete response or stable disease"."""
        names = [lower_first(self.labels[category]) for category in self.responders]
        return f"{names[-1]} or better" if self._is_from_the_best(names) else _any_of(names)

    @property
    def responders_in_short(self) -> str:
        """The same by the categories where there are several: "PR or better", "CR or SD", "Complete response"."""
        if self._is_from_the_best(self.responders):
            return f"{self.responders[-1]} or better"
        words = self.responders_in_words
        return words[:1].upper() + words[1:] if len(self.responders) == 1 else _any_of(self.responders)

    def row_label(self, category: str) -> str:
        """A category with what it is called: "PR, partial response"; once where both are the same."""
        label = lower_first(self.labels[category])
        return category if label == lower_first(category) else f"{category}, {label}"

    def best_of(self, categories: Collection[str]) -> str:
        """The best of some categories."""
        return min(categories, key=self.categories.index)

    def _is_from_the_best(self, responders: Collection[str]) -> bool:
        """Whether several categories are a response, and no better one is none."""
        first = self.categories[: len(self.responders)]
        return len(responders) > 1 and set(first) == set(self.responders)


def _any_of(names: Collection[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


IMWG = ResponseScale(
    labels={
        "sCR": "stringent complete response",
        "CR": "complete response",
        "VGPR": "very good partial response",
        "PR": "partial response",
        "MR": "minimal response",
        "SD": "stable disease",
        "PD": "progressive disease",
        NOT_EVALUABLE: "not evaluable",
    },
    responders=("sCR", "CR", "VGPR", "PR"),
    criteria="the criteria of the International Myeloma Working Group",
)
RECIST = ResponseScale(
    labels={
        "CR": "complete response",
        "PR": "partial response",
        "SD": "stable disease",
        "NON-CR/NON-PD": "neither complete response nor progression",
        "PD": "progressive disease",
        NOT_EVALUABLE: "not evaluable",
    },
    responders=("CR", "PR"),
    criteria="RECIST 1.1",
)
LUGANO = ResponseScale(
    labels={
        "CR": "complete response",
        "PR": "partial response",
        "SD": "no response or stable disease",
        "PD": "progressive disease",
        NOT_EVALUABLE: "not evaluable",
    },
    responders=("CR", "PR"),
    criteria="the Lugano classification of 2014",
)
YES_NO = ResponseScale(
    labels={"Y": "response", "N": "no response", NOT_EVALUABLE: "not evaluable"}, responders=("Y",), progression=()
)
SCALES: dict[ScaleName, ResponseScale] = {"imwg": IMWG, "recist-1.1": RECIST, "lugano-2014": LUGANO, "yes-no": YES_NO}
"""The bundled scales by the names that parameters use."""


def own_scale(labels: dict[str, str], responders: Collection[str], progression: Collection[str]) -> ResponseScale:
    """A scale of a study's own.

    Parameters
    ----------
    labels : dict of str to str
        What each category is called, best first; `NE` joins them as the last where it is not among them.
    responders, progression : collection of str
        Categories that count as a response, and as progression.

    Returns
    -------
    ResponseScale
    """
    labels = {**labels, NOT_EVALUABLE: labels.get(NOT_EVALUABLE, "not evaluable")}
    return ResponseScale(labels, _in_order(labels, responders), _in_order(labels, progression))


def _in_order(labels: dict[str, str], chosen: Collection[str]) -> tuple[str, ...]:
    return tuple(category for category in labels if category in chosen)
