"""The patients of each variant of an endpoint: derived by another rule, or changed from those of the main analysis."""

from collections.abc import Mapping

import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.endpoints.time_to_event import TimeToEvent, from_derivation, time_to_event
from smmlib.trial.parameters.endpoint_rules import AnyEndpoint, RecordedEndpoint
from smmlib.trial.parameters.sensitivity import Variant, variant_rule
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import analysed_subjects
from smmlib.trial.present import present
from smmlib.trial.sensitivity.late_detection import detected_earlier
from smmlib.trial.sensitivity.lost_patients import with_lost_patients
from smmlib.trial.tables.problems import DataError, Problem

VariantName = tuple[str, str]
"""Id of the endpoint, and name of the variant."""
MOST_CODES = 10


def variants_of(study: Study) -> dict[VariantName, Variant]:
    """The variants of all endpoints, in the order of the parameters.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of (str, str) to Variant
    """
    asked = study.sensitivity.endpoints
    return {(endpoint, name): variant for endpoint, of in asked.items() for name, variant in of.items()}


def varied_study(study: Study) -> Study:
    """A study whose endpoints are the variants: "pfs.per-protocol"."""
    endpoints: dict[str, AnyEndpoint] = {
        ".".join(name): variant_rule(study.endpoints[name[0]], variant) for name, variant in variants_of(study).items()
    }
    return study.model_copy(update={"endpoints": endpoints})


def derived_variant(
    study: Study, varied: Study, tables: Tables, name: VariantName, endpoints: Mapping[str, TimeToEvent]
) -> pd.DataFrame:
    """A row a patient of one variant.

    Parameters
    ----------
    study, varied : Study
        The second from `varied_study`.
    tables : Tables
    name : (str, str)
        One of `variants_of`.
    endpoints : mapping of str to TimeToEvent
        Of the main analyses.

    Returns
    -------
    DataFrame
        As `TimeToEvent.derivation`, with `variant`, `endpoint`, and `followed_until`: of a patient whose event is to be
        imputed, the end of follow-up, and of others their own time; missing in variants that impute nothing.

    Raises
    ------
    DataError
        If a code of CNSR or a reason that the variant names does not occur, or what it needs of the tables is missing.
    """
    endpoint, variant = name[0], variants_of(study)[name]
    if variant.way == "rule":
        _refuse_unknown_codes(study, tables, name, variant)
        rows = time_to_event(varied, tables, ".".join(name)).derivation
    elif variant.late_detection is not None:
        rows = detected_earlier(study, tables, name, endpoints[endpoint].derivation, variant.late_detection)
    else:
        rows = with_lost_patients(study, name, endpoints[endpoint].derivation, variant)
    followed = {} if "followed_until" in rows else {"followed_until": float("nan")}
    return rows.assign(variant=name[1], endpoint=endpoint, **followed)


def variant_patients(study: Study, rows: pd.DataFrame, name: VariantName) -> TimeToEvent:
    """The patients of a variant, from the rows that the analysis data hold of it.

    Parameters
    ----------
    study : Study
    rows : DataFrame
        Of all variants.
    name : (str, str)

    Returns
    -------
    TimeToEvent
        Its derivation also has `followed_until`.
    """
    own = rows[(rows["endpoint"] == name[0]) & (rows["variant"] == name[1])]
    return from_derivation(varied_study(study), ".".join(name), own.drop(columns=["endpoint", "variant"]))


def _refuse_unknown_codes(study: Study, tables: Tables, name: VariantName, variant: Variant) -> None:
    """A code that no row has may be misspelt; the ones that there are stand in the message, with their patients."""
    rule = variant_rule(study.endpoints[name[0]], variant)
    if variant.event_codes is None or not isinstance(rule, RecordedEndpoint):
        return
    cut = cut_tables(study, tables, rule.data_cutoff or study.data_cutoff)
    times = present(cut.times)
    members = analysed_subjects(study, cut.subjects, rule.population).index
    codes = times.loc[(times["PARAMCD"] == rule.paramcd) & times["USUBJID"].isin(members), "CNSR"]
    counts = codes.value_counts().sort_index()
    held = ", ".join(f"{code} in {count}" for code, count in list(counts.items())[:MOST_CODES])
    problems = []
    for code in (code for code in variant.event_codes if code not in counts.index):
        nearest = min(counts.index, key=lambda known: (abs(known - code), known))
        what = (
            f"is {code} in no patient with PARAMCD {rule.paramcd}, but {'.'.join(name)} of sensitivity counts it: the "
            f"nearest is {nearest}; the codes are {held} patients"
        )
        problems.append(Problem(present(study.data.times), "", "CNSR", what))
    if problems:
        raise DataError(problems)
