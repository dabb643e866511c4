"""What a report was made from: hashes of data, parameters and code, and the versions of the packages."""

import hashlib
import hmac
import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import smmlib
from smmlib.analysis.sections import BUNDLED_NOTEBOOKS
from smmlib.calibration.table_files import ENSEMBLE_FILE
from smmlib.hashes import hash_of_files
from smmlib.report.claims.range_file import RANGES_FILE, beside_subjects
from smmlib.report.folder.outputs_check import outputs_of
from smmlib.report.folder.program import commits, lock_hash, program_hash
from smmlib.report.folder.standing import STANDS_WHILE, stands_while
from smmlib.trial.salt import read_salt

PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "matplotlib",
    "seaborn",
    "lifelines",
    "statsmodels",
    "papermill",
    "ipykernel",
    "pydantic",
    "jinja2",
)


def package_versions():
    """Versions of Python, of this package and of those that a report rests on, by name."""
    return {"python": platform.python_version(), "smmlib": smmlib.__version__} | {
        package: version(package) for package in PACKAGES
    }


def write_manifest(file, *, params_file, project, study, notebooks, runs):
    """Write manifest.json: what went in, with what it was made, and what came out; the one file that holds a clock.

    It is written last, for it names every other file.
    """
    ranges = beside_subjects(study, RANGES_FILE)
    manifest = {
        "study": study.study,
        "origin": study.data.origin,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": {name: _hash_of_table(study, path) for name, path in study.data.tables.items()},
        "ranges": hash_of_files(ranges) if ranges.is_file() else None,
        **_curves(study),
        "parameters": {Path(params_file).name: hash_of_files(params_file)},
        "notebooks": {path.name: hash_of_files(path) for path in sorted(set(notebooks))},
        "library": program_hash(),
        "lock": lock_hash(),
        "commit": commits(Path(params_file)),
        "seed": study.synthetic.seed if study.synthetic else None,
        "versions": package_versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        **_stands_while(params_file, project, study, notebooks),
        "runs": runs,
        "outputs": outputs_of(file.parent),
    }
    file.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _stands_while(params_file, project, study, notebooks):
    """By what it is known later whether the report still stands.

    Nothing where small counts are masked, for a hash of the tables would prove a guess; and nothing with notebooks of
    one's own, which may read what nobody here knows.
    """
    if study.suppress_below is not None or not all(file.stem in BUNDLED_NOTEBOOKS for file in notebooks):
        return {}
    data = study.data
    tables = data.given_files if data.curves else data.tables
    beside = [beside_subjects(study, name) for name in (RANGES_FILE, ENSEMBLE_FILE)]
    salt = [data.salt] if study.privacy == "hashed" else []
    files = [*map(Path, (*tables.values(), *salt)), *beside, *notebooks]
    return {STANDS_WHILE: stands_while(params_file, project, files)}


def _curves(study):
    """Hashes of the files that patients were reconstructed from, by endpoint, arm and key; nothing without curves."""
    if study.data.curves is None:
        return {}
    return {"curves": {".".join(place[2:]): hash_of_files(path) for place, path in study.data.given_files.items()}}


def _hash_of_table(study, file):
    """SHA-256 of a table; where small counts are masked, keyed with the salt or left out: it would prove a guess."""
    if study.suppress_below is None:
        return hash_of_files(file)
    if study.privacy == "identified":
        return None
    return hmac.new(read_salt(Path(study.data.salt)), Path(file).read_bytes(), hashlib.sha256).hexdigest()
