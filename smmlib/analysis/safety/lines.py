"""The lines of the tables of adverse events: kinds of events, system organ classes, and the terms that are shown."""

from dataclasses import dataclass

import pandas as pd

from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.present import present
from smmlib.trial.safety.kinds import KINDS, kind_in_words
from smmlib.trial.safety.spelling import plain

FIELDS = ["kind", "system_organ_class", "term"]
BY_PATIENT = [*FIELDS, "patient", "arm", "events", "worst_grade", "days_to_event"]


@dataclass(frozen=True)
class Line:
    """What a line of the tables counts: a kind of event, a system organ class, or a term of one.

    Attributes
    ----------
    kind : str
        Id of the kind; empty for a class or a term.
    system_organ_class, term : str
        The class alone, or a term with its class, which is empty where the table has none.
    """

    kind: str = ""
    system_organ_class: str = ""
    term: str = ""

    def in_words(self, data: AnalysisData) -> str:
        """Who has such an event, as the end of a sentence: "with RASH, treatment-emergent"."""
        if self.kind:
            return kind_in_words(self.kind, sources=data.event_sources)
        emergent = "" if present(data.event_sources).emergent == "all" else ", treatment-emergent"
        return f"{self.term or f'any event of {self.system_organ_class}'}{emergent}"


def patients_of_lines(data: AnalysisData) -> pd.DataFrame:
    """A row a line and patient who is affected: `BY_PATIENT`.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    DataFrame
        Of all lines, those of rare terms among them.
    """
    kinds = data.adverse_events[(data.adverse_events["term"] == "") & data.adverse_events["affected"].astype(bool)]
    terms = data.adverse_event_terms
    classes = terms[terms["system_organ_class"] != ""]
    of_classes = classes.groupby(["system_organ_class", "patient", "arm"], as_index=False).agg(
        events=("events", "sum"), worst_grade=("worst_grade", "max"), days_to_event=("days_to_event", "min")
    )
    frames = [kinds.assign(system_organ_class=""), of_classes.assign(kind="", term=""), terms.assign(kind="")]
    return pd.concat([frame[BY_PATIENT] for frame in frames if len(frame)] or [kinds.reindex(columns=BY_PATIENT)])


def patients_at_risk(data: AnalysisData) -> dict[str, int]:
    """Patients of the safety population, by the id of their arm."""
    return {arm.id: int((data.safety_population["arm"] == arm.id).sum()) for arm in data.study.arms.levels}


def lines_of_tables(data: AnalysisData) -> list[Line]:
    """The lines that are shown, in their order.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    list of Line
        Kinds first, then each system organ class with those of its terms that are frequent enough, or named by the
        parameters. Where small counts are masked, nothing is shown that in each arm fewer patients have: that anybody
        has it is itself a small count.
    """
    told = set(data.adverse_events["kind"])
    named = {plain(term) for term in data.study.safety.terms}
    patients, at_risk = _patients_by_arm(data), patients_at_risk(data)
    terms = [line for line in patients if line.term]
    terms = [line for line in terms if plain(line.term) in named or _is_shown(data, patients[line], at_risk)]
    needed = {line.system_organ_class for line in terms}
    classes = [line for line in patients if not line.term]
    classes = [line for line in classes if line.system_organ_class in needed or _is_large(data, patients[line])]
    return [*(Line(kind) for kind in KINDS if kind in told), *_in_order(data, patients, classes, terms)]


def _patients_by_arm(data: AnalysisData) -> dict[Line, dict[str, int]]:
    """Patients of each class and term by arm."""
    rows = patients_of_lines(data)
    sizes = rows[rows["kind"] == ""].groupby(["system_organ_class", "term", "arm"], as_index=False).size()
    found: dict[Line, dict[str, int]] = {}
    for system_organ_class, term, arm, size in sizes.itertuples(index=False):
        line = Line("", system_organ_class, term)
        found.setdefault(line, {of.id: 0 for of in data.study.arms.levels})[arm] = int(size)
    return found


def _is_shown(data: AnalysisData, by_arm: dict[str, int], at_risk: dict[str, int]) -> bool:
    """Whether a term is frequent in an arm, and may be shown."""
    frequent = any(by_arm[arm] and 100 * by_arm[arm] >= data.study.safety.frequent * at_risk[arm] for arm in by_arm)
    return frequent and _is_large(data, by_arm)


def _is_large(data: AnalysisData, by_arm: dict[str, int]) -> bool:
    """Whether so many patients of an arm have it as may be shown."""
    return max(by_arm.values()) >= (data.study.suppress_below or 0)


def _in_order(
    data: AnalysisData, patients: dict[Line, dict[str, int]], classes: list[Line], terms: list[Line]
) -> list[Line]:
    """Each class before its terms; by the patients of all arms, or by name."""
    by_name = data.study.safety.order == "alphabet"

    def place(line: Line) -> tuple[int, str, str]:
        return 0 if by_name else -sum(patients[line].values()), line.system_organ_class, line.term

    of_class: dict[str, list[Line]] = {}
    for line in sorted(terms, key=place):
        of_class.setdefault(line.system_organ_class, []).append(line)
    ordered = [
        member for line in sorted(classes, key=place) for member in (line, *of_class.get(line.system_organ_class, ()))
    ]
    return ordered or of_class.get("", [])
