"""A trial of a few patients in a folder of its own, written as a user would have it."""

import csv

import yaml

from smmlib.trial import read_study, read_tables

ARMS = {
    "variable": "TRT01P",
    "reference": "b",
    "levels": [
        {"id": "a", "value": "A", "label": "A", "name": "a"},
        {"id": "b", "value": "B", "label": "B", "name": "b"},
    ],
}
STUDY = {
    "study": "small",
    "title": "Small",
    "trial": "A trial of a few",
    "reference": "None",
    "data": {"origin": "synthetic", "note": "Invented patients.", "subjects": "adsl.csv"},
    "time_unit": "days",
    "privacy": "identified",
    "arms": ARMS,
    "randomised": "RANDDT",
    "populations": {"all": {"label": "all randomised"}},
    "population": "all",
    "endpoints": {"os": {"like": "overall-survival"}},
    "analysis": {
        "conf_level": 0.95,
        "conf_type": "log-log",
        "ties": "efron",
        "landmarks": [100],
        "axis_times": [0, 500, 1000],
    },
    "runs": {
        "population": {"notebook": "population"},
        "os": {"notebook": "time_to_event", "parameters": {"endpoint": "os"}},
    },
}


def write_table(file, rows):
    """A CSV file with the columns of all rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def write_trial(folder, study, **tables):
    """Write a study and its tables, rows as dicts; the study's `data` names them, `subjects` as adsl.csv.

    Returns
    -------
    Path
        The parameters file.
    """
    files = {"subjects": "adsl.csv", "times": "adtte.csv", "responses": "adrs.csv", "laboratory": "adlb.csv"}
    files |= {"tumours": "adtr.csv", "exposure": "adex.csv"}
    data = {**STUDY["data"], **study.get("data", {})}
    for name, rows in tables.items():
        file = files.get(name, "adae.csv")
        data[name] = file
        write_table(folder / file, rows)
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump({**STUDY, **study, "data": data}, sort_keys=False), encoding="utf-8")
    return file


def read_trial(folder, study, **tables):
    """Study and tables, written and read."""
    study = read_study(write_trial(folder, study, **tables))
    return study, read_tables(study)
