"""What reporting guidelines ask of a trial, and where the page has it: CONSORT 2025, and SAMPL for the statistics.

CONSORT 2025: Hopewell et al., BMJ 2025;389:e081123. SAMPL: Lang and Altman, Int J Nurs Stud 2015;52:5-9. Items are
named in words of our own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from smmlib.trial.parameters.study import Study

ABSENT, ELSEWHERE, NOT_APPLICABLE = "not in this report", "for the protocol and the paper", "not applicable"


@dataclass(frozen=True)
class ChecklistItem:
    """An item of a guideline.

    Attributes
    ----------
    number : str
        As the guideline has it; empty where it has none.
    asks : str
        What it asks for.
    places : tuple of str
        Identifiers of the sections of the page that answer it.
    otherwise : str
        What is to be said where none does.
    """

    number: str
    asks: str
    places: tuple[str, ...] = ()
    otherwise: str = ABSENT


@dataclass(frozen=True)
class _Asked:
    number: str
    asks: str
    places: Callable[["_Report"], Sequence[str]]
    otherwise: str = ABSENT


class _Report:
    """Which sections a report has."""

    def __init__(self, study: Study, *, verified: bool) -> None:
        self.study, self.verified = study, verified

    def of(self, *notebooks: str) -> list[str]:
        """Sections that these notebooks made."""
        return [name for name, run in self.study.runs.items() if run.notebook in notebooks]

    def of_response(self) -> list[str]:
        return self.of("response")

    def of_endpoints(self) -> list[str]:
        return self.of("time_to_event")

    def of_outcomes(self) -> list[str]:
        return [*self.of_endpoints(), *self.of_response()]

    def of_harms(self) -> list[str]:
        counted = self.of("population") if self.study.data.adverse_events else []
        return self.of("safety") or counted

    def of_treatment(self) -> list[str]:
        phases = self.of("population") if self.study.phases else []
        return [*phases, *self.of("exposure")]


def _there(*places: str) -> Callable[[_Report], Sequence[str]]:
    return lambda _: places


def _nowhere(_: _Report) -> Sequence[str]:
    return ()


CONSORT = (
    _Asked("3", "Where the statistical analysis plan is: the parameters of this report", _there("made-with")),
    _Asked("4", "Where data and code are", _there("made-with")),
    _Asked("9", "Design, allocation ratio and framework", _nowhere, ELSEWHERE),
    _Asked("10", "Changes after the trial began, and analyses that were not pre-specified", _nowhere, ELSEWHERE),
    _Asked("12–13", "Eligibility criteria; interventions", _nowhere, ELSEWHERE),
    _Asked("14", "Outcomes: how and when each is measured", _Report.of_outcomes),
    _Asked("15", "Harms: how they were defined and assessed", _Report.of_harms),
    _Asked("16", "Sample size; interim analyses", _nowhere, ELSEWHERE),
    _Asked("17–20", "Sequence, concealment, implementation and blinding", _nowhere, ELSEWHERE),
    _Asked("21a", "Statistical methods by which groups are compared", _there("methods")),
    _Asked("21b", "Who is in each analysis, and in which group", lambda report: report.of("population")),
    _Asked("21c", "How missing data were handled", lambda report: [*report.of_outcomes(), *report.of("sensitivity")]),
    _Asked("21d", "Methods of additional analyses", _there("methods")),
    _Asked("22a", "Flow of participants, by group", lambda report: report.of("population")),
    _Asked(
        "22b", "Losses and exclusions, by group, with reasons", lambda report: report.of("population", "disposition")
    ),
    _Asked("23", "Dates of recruitment and follow-up; why the trial ended", _nowhere, ELSEWHERE),
    _Asked("24a", "Intervention and comparator as they were given", _Report.of_treatment),
    _Asked("24b", "Concomitant care", _nowhere),
    _Asked("25", "Baseline characteristics, by group", lambda report: report.of("baseline")),
    _Asked("26", "Of each outcome numbers analysed, results by group, and effects with precision", _Report.of_outcomes),
    _Asked("26", "Of binary outcomes absolute and relative effects", _Report.of_response, NOT_APPLICABLE),
    _Asked("27", "Harms, by group", _Report.of_harms),
    _Asked(
        "28",
        "Other analyses, such as subgroups and sensitivity analyses",
        lambda report: report.of("subgroups", "response_subgroups", "sensitivity"),
    ),
    _Asked(
        "1–2, 5–8, 11, 29–30", "Title, registration, funding, background, setting, interpretation", _nowhere, ELSEWHERE
    ),
)
SAMPL = (
    _Asked("", "Methods in enough detail to verify each number, and which method made which", _there("methods")),
    _Asked("", "Numbers of patients, and numerators with percentages", _Report.of_outcomes),
    _Asked("", "Whether tests are one- or two-sided", _there("methods")),
    _Asked("", "How multiple testing is allowed for", lambda report: report.of("multiple_testing")),
    _Asked("", "Programs, with their versions", _there("made-with")),
    _Asked("", "Estimates with confidence intervals, and P values beside them", _Report.of_outcomes),
    _Asked("", "What begins and ends each survival time, and what censors it", _Report.of_endpoints, NOT_APPLICABLE),
    _Asked("", "Survival curves with numbers at risk, medians with intervals", _Report.of_endpoints, NOT_APPLICABLE),
    _Asked("", "Length of follow-up", lambda report: report.of("population") if report.study.follow_up else []),
    _Asked(
        "",
        "Whether hazards are proportional",
        lambda report: [
            name
            for name in report.of_endpoints()
            if report.study.analysis_of(str(report.study.runs[name].parameters["endpoint"])).proportionality
        ],
    ),
    _Asked("", "Results computed by more than one program", lambda report: ["verification"] if report.verified else []),
)
TITLES_BESIDES = {"methods": "Methods", "verification": "Computed again", "made-with": "Made with"}
"""Of the sections that no notebook made."""
GUIDELINES = {"CONSORT 2025": CONSORT, "SAMPL": SAMPL}


def checklists(study: Study, *, verified: bool) -> dict[str, list[ChecklistItem]]:
    """The items of each guideline with the sections of the page that answer them.

    Parameters
    ----------
    study : Study
    verified : bool
        Whether any number was computed again.

    Returns
    -------
    dict of str to list of ChecklistItem
    """
    report = _Report(study, verified=verified)
    return {
        name: [ChecklistItem(asked.number, asked.asks, tuple(asked.places(report)), asked.otherwise) for asked in items]
        for name, items in GUIDELINES.items()
    }
