"""What explains that numbers moved: what of two manifests differs."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
PARTS = {
    "data": "tables",
    "curves": "published curves",
    "parameters": "parameters",
    "notebooks": "notebooks",
    "library": "code of smmlib",
    "seed": "seed of the cohort",
    "versions": "versions",
    "platform": "platform",
}
"""What a manifest tells, with its name in words; the clock and the ranges move no number."""


def read_manifest(report: Path) -> dict[str, Any] | None:
    """The manifest of a report, or None where there is none that can be read.

    Parameters
    ----------
    report : Path
        Its folder, or its numbers.csv.
    """
    try:
        found = json.loads(((report if report.is_dir() else report.parent) / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What went into two reports and is not the same, in words.

    Parameters
    ----------
    old, new : mapping
        Manifests.

    Returns
    -------
    list of str
    """
    return [text for part, words in PARTS.items() for text in _of_part(words, old.get(part), new.get(part))]


def _of_part(words: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if not (isinstance(old, dict) and isinstance(new, dict)):
        hashed = any(isinstance(each, str) and len(each) == 64 for each in (old, new))
        yield f"{words} changed" if hashed else f"{words}: {old} before, {new} now"
        return
    if words == "parameters":  # of one file, which may have another name
        if list(old.values()) != list(new.values()):
            yield f"{words} changed"
        return
    changed = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    if words == "versions":
        yield f"{words}: " + ", ".join(f"{name} {old.get(name)} before, {new.get(name)} now" for name in changed)
    else:
        yield f"{words} changed: {', '.join(changed)}"


def explanation(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    """What may explain that numbers moved, in a sentence.

    Parameters
    ----------
    old, new : mapping or None
        Manifests.

    Returns
    -------
    str
    """
    if old is None or new is None:
        which = " and ".join(name for name, found in (("old", old), ("new", new)) if found is None)
        return f"What explains it cannot be told: the {which} report has no manifest.json."
    found = differences(old, new)
    if not found:
        return "Nothing explains it: tables, parameters, notebooks, code and versions are the same."
    return f"What is not the same: {'; '.join(found)}."
