"""The numbers of a report as a reporting event of CDISC's Analysis Results Standard, version 1.0, in JSON.

Model: CDISC Analysis Results Standard v1.0, https://www.cdisc.org/standards/foundational/analysis-results-standard.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import smmlib
from smmlib.report.exchange.ars_analyses import (
    IN_PARAMETERS,
    NOT_DECLARED,
    Analysis,
    FromData,
    analyses_of,
    analysis_json,
    method_ids,
    methods,
)
from smmlib.report.exchange.ars_groups import groupings
from smmlib.report.exchange.ars_patients import Json, analysis_sets, conditions_of, data_subset, population_of
from smmlib.report.records.record import Record
from smmlib.trial.parameters.study import Study

ARS = "ars.json"
HTML = "filetype.html"
ORIGINS = {
    "patients": "The patients are those of the trial.",
    "synthetic": "The patients are synthetic: they were made from published numbers and stand for no person.",
    "reconstructed": "The patients are reconstructed from published curves.",
}


def write_ars(
    file: Path, study: Study, records: Mapping[str, Sequence[Record]], titles: Mapping[str, str], from_data: FromData
) -> None:
    """Write the numbers of a report as a reporting event.

    Parameters
    ----------
    file : Path
    study : Study
    records : mapping of str to sequence of Record
        The numbers of each run, in the order of the report.
    titles : mapping of str to str
        Title of the section of each run.
    from_data : mapping of Key to tuple of str
        Parts of methods that come from the data; empty where small counts are masked.
    """
    event = reporting_event(study, records, titles, from_data)
    parts = ",\n".join(f"{_text(name)}: {_part(value)}" for name, value in event.items())
    file.write_text(f"{{\n{parts}\n}}\n", encoding="utf-8")


def _part(value: object) -> str:
    """A part of the event as text: a line for each analysis, method or group, which is compact, and can be compared."""
    return "[\n" + ",\n".join(map(_text, value)) + "\n]" if isinstance(value, list) else _text(value)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def reporting_event(
    study: Study, records: Mapping[str, Sequence[Record]], titles: Mapping[str, str], from_data: FromData
) -> Json:
    """The reporting event of a report: populations, groups, methods, analyses with their results, sections.

    Parameters
    ----------
    study : Study
    records, titles, from_data
        As in `write_ars`.

    Returns
    -------
    dict
        By the published model.
    """
    analyses = analyses_of(study, records, from_data)
    ids = method_ids(analyses)
    used = dict.fromkeys(group for analysis in analyses for groups, _ in analysis.numbers for group in groups)
    subsets = [found for found in dict.fromkeys(conditions_of(study, each.key) for each in analyses) if found]
    return {
        "id": f"reporting-event.{study.study}",
        "name": study.title,
        "description": f"{study.trial}\n{ORIGINS[study.data.origin]}",
        "label": f"{study.study} ({study.data.origin})",
        "mainListOfContents": _contents(analyses, titles),
        "referenceDocuments": _documents(study, records),
        "terminologyExtensions": _terms(),
        "analysisSets": analysis_sets(study, {population_of(each.key) for each in analyses}),
        "analysisGroupings": groupings(study, used),
        "dataSubsets": [data_subset(conditions, order) for order, conditions in enumerate(subsets, start=1)],
        "methods": methods(analyses, ids),
        "analyses": [analysis_json(study, analysis, ids[analysis.method]) for analysis in analyses],
        "outputs": [_output(run, titles[run]) for run in records],
    }


def _contents(analyses: Sequence[Analysis], titles: Mapping[str, str]) -> Json:
    """The sections of the report, each with its analyses."""
    items = []
    for order, (run, title) in enumerate(titles.items(), start=1):
        of_run = [analysis.id for analysis in analyses if analysis.run == run]
        sublist = [
            {"name": name.removeprefix("analysis."), "level": 2, "order": place, "analysisId": name}
            for place, name in enumerate(of_run, start=1)
        ]
        item = {"name": title, "level": 1, "order": order, "outputId": _output_id(run)}
        items.append(item | ({"sublist": {"listItems": sublist}} if sublist else {}))
    return {"name": "Sections of the report", "contentsList": {"listItems": items}}


def _documents(study: Study, records: Mapping[str, Sequence[Record]]) -> list[Json]:
    publication = [{"id": "publication", "name": study.reference}] if study.reference else []
    notebooks = [
        {"id": f"notebook.{run}", "name": f"Executed notebook {run}", "location": f"notebooks/{run}.html"}
        for run in records
    ]
    return [*publication, *notebooks, {"id": "program", "name": f"smmlib {smmlib.__version__}"}]


def _terms() -> list[Json]:
    """Terms of our own where those of the standard would say more than is known."""
    extensions = {
        "AnalysisReasonEnum": (IN_PARAMETERS, "DECLARED IN PARAMETERS", "Declared in the parameters file of the study"),
        "AnalysisPurposeEnum": (NOT_DECLARED, "NOT DECLARED", "The parameters do not say which outcome is primary"),
        "OutputFileTypeEnum": (HTML, "html", "A page for a browser"),
    }
    return [
        {
            "id": f"terms.{enumeration}",
            "enumeration": enumeration,
            "sponsorTerms": [{"id": name, "submissionValue": value, "description": description}],
        }
        for enumeration, (name, value, description) in extensions.items()
    ]


def _output(run: str, title: str) -> Json:
    page = {"name": "index.html", "fileType": {"sponsorTermId": HTML}, "location": f"index.html#{run}"}
    return {
        "id": _output_id(run),
        "name": title,
        "fileSpecifications": [page],
        "displays": [{"order": 1, "display": {"id": f"display.{run}", "name": title, "displayTitle": title}}],
    }


def _output_id(run: str) -> str:
    return f"output.{run}"
