"""Analysis data written by hand, and what R is asked of them: no module of the package has a part in the files."""

import csv


def write_rows(folder, name, rows):
    """A part of the analysis data as CSV."""
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_times(folder, arms, endpoint="remission"):
    """`times.csv` of arms, each a list of times and one of events."""
    rows = [
        dict.fromkeys(("endpoint", "patient", "arm", "stratum", "time", "event", "entry", "start", "end"), "")
        | {"endpoint": endpoint, "patient": f"{arm}-{number}", "arm": arm, "time": time, "event": event}
        | {"reason": "relapse" if event else "censored"}
        for arm, (times, events) in arms.items()
        for number, (time, event) in enumerate(zip(times, events, strict=True))
    ]
    write_rows(folder, "times", rows)


def write_responses(folder, arms, visit="best"):
    """`responses.csv` of arms, each with its responders and its patients."""
    rows = [
        {"visit": visit, "patient": f"{arm}-{number}", "arm": arm, "response": "PR" if number < responders else "SD"}
        for arm, (responders, patients) in arms.items()
        for number in range(patients)
    ]
    write_rows(folder, "responses", rows)
