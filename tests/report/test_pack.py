"""A report in one file for a reviewer: what is in it, what never is, and that it gives the same bytes elsewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256

import pytest
import yaml
from project_files import PROJECT
from report_project import contents
from rocrate.rocrate import ROCrate
from small_trial import STUDY, write_trial

from smmlib.cli import main
from smmlib.report.folder.program import commits, lock_hash
from smmlib.report.pack.command import refuse_what_may_not_leave
from smmlib.report.pack.inputs import Inputs, PackError
from smmlib.report.run import Task, make_report
from smmlib.trial import read_study

pytestmark = [pytest.mark.invariant, pytest.mark.end_to_end]

PATIENTS = [
    {
        "USUBJID": f"PATIENT-{arm}{number}",
        "TRT01P": arm,
        "RANDDT": "2010-01-01",
        "DTHDT": f"2010-03-{number + 1:02d}" if number % 2 else "",
        "LSTALVDT": f"2010-03-{number + 1:02d}",
    }
    for arm in "AB"
    for number in range(6)
]
SALT = "a secret of sixteen characters"


@pytest.fixture(scope="module")
def bundled(shared_reports):
    return shared_reports.report("freireich-1963")


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The report of a trial of one's own, whose patients are hashed, in a folder beside that of the project."""
    folder = tmp_path_factory.mktemp("own")
    changes = {"privacy": "hashed", "runs": {"population": {"notebook": "population"}}}
    params = write_trial(folder, {**changes, "data": {**STUDY["data"], "salt": "salt.txt"}}, subjects=PATIENTS)
    (folder / "salt.txt").write_text(SALT, encoding="utf-8")
    make_report(Task(params, read_study(params), PROJECT, folder / "reports", jobs=1, kernels="plain"))
    return folder / "reports" / "small"


def packed(report, file, *options):
    """The files of a pack, by their paths below its one folder, and what was said."""
    assert main(["pack", str(report), "--to", str(file), *options]) == 0
    with zipfile.ZipFile(file) as opened:
        names = opened.namelist()
        assert len({name.partition("/")[0] for name in names}) == 1
        return {name.partition("/")[2]: opened.read(name) for name in names}


@pytest.fixture(scope="module")
def files(bundled, tmp_path_factory):
    return packed(bundled, tmp_path_factory.mktemp("packs") / "freireich.zip")


@pytest.fixture
def copied(bundled, tmp_path):
    return shutil.copytree(bundled, tmp_path / "freireich-1963")


def refused(report, file, capsys, *options):
    before = file.read_bytes() if file.is_file() else None
    assert main(["pack", str(report), "--to", str(file), *options]) == 2
    assert (file.read_bytes() if file.is_file() else None) == before
    said = capsys.readouterr().err
    assert "Nothing was written." in said
    return said


# ---- what is in it


def test_a_pack_holds_the_report_as_it_is(bundled, files):
    report = {name: content for name, content in files.items() if name.startswith("report/")}
    assert {name.removeprefix("report/"): content for name, content in report.items()} == contents(bundled) | {
        "manifest.json": (bundled / "manifest.json").read_bytes()
    }


def test_its_manifest_names_every_other_file_and_the_lock(files):
    manifest = json.loads(files["manifest.json"])
    assert manifest["files"] == {
        name: sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"
    }
    assert manifest["lock"] == lock_hash() == sha256(files["source/requirements.lock"]).hexdigest()


def test_it_holds_what_bundled_tables_need_and_no_others(files):
    assert {"source/params/freireich-1963.yaml", "source/smmlib/datasets/freireich-1963/adtte.csv"} <= set(files)
    assert not [name for name in files if "quiredex" in name]
    assert not [name for name in files if "__pycache__" in name or "/tests/" in name]


def test_the_same_report_gives_the_same_zip(bundled, tmp_path):
    for name in ("one.zip", "other.zip"):
        packed(bundled, tmp_path / name)
        os.utime(bundled / "numbers.csv", (10**9, 10**9))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as opened:
        entries = opened.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.external_attr >> 16) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 0o100644)}


def test_the_file_of_a_codecheck_names_outputs_that_are_there(files):
    told = yaml.safe_load(files["codecheck.yml"])
    assert told["version"] == "https://codecheck.org.uk/spec/config/1.0"
    assert told["paper"]["title"] == read_study(PROJECT / "params/freireich-1963.yaml").title
    named = [each["file"] for each in told["manifest"]]
    assert set(named) <= set(files)
    assert {"report/index.html", "report/numbers.csv"} <= set(named)


def test_rocrate_reads_the_metadata(files, tmp_path):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    crate = ROCrate(tmp_path)
    entities = {entity.id: entity for entity in crate.data_entities}
    assert set(entities) == set(files) - {"manifest.json", "ro-crate-metadata.json"}
    assert all(entity["contentSize"] == str(len(files[name])) for name, entity in entities.items())
    assert crate.name == read_study(PROJECT / "params/freireich-1963.yaml").title
    run = crate.dereference("#run")
    assert {entity.id for entity in run["object"]} == {
        "source/params/freireich-1963.yaml",
        *(f"source/smmlib/datasets/freireich-1963/{name}.csv" for name in ("adsl", "adtte")),
    }


def test_the_readme_names_what_is_there(files):
    named = re.findall(r"^\| `([^`]+)`", files["README.md"].decode(), re.MULTILINE)
    assert {"report/", "Makefile", "codecheck.yml", "source/params/freireich-1963.yaml"} <= set(named)
    assert all(any(name == one or one.startswith(name) for one in files) for name in named)


def test_elsewhere_it_gives_the_same_bytes(files, tmp_path):
    """With the packages of this Python: `PYTHON=` makes no environment, and the program is that of the pack."""
    elsewhere = tmp_path / "else where"
    for name, content in files.items():
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_bytes(content)
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "PYTHONPATH")}
    command = ["make", "report", f"PYTHON={sys.executable}", "JOBS=1"]
    made = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False, env=environment)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "again/freireich-1963 has the same bytes as report" in made.stdout
    assert contents(elsewhere / "again/freireich-1963") == contents(elsewhere / "report")


# ---- tables and names of patients


def test_tables_of_ones_own_stay_unless_they_are_asked_for(own, tmp_path):
    without = packed(own, tmp_path / "without.zip")
    assert not [name for name in without if name.endswith("adsl.csv")]
    assert not [name for name, content in without.items() if b"PATIENT-" in content]
    assert "adsl.csv" in without["README.md"].decode()
    holding = packed(own, tmp_path / "with.zip", "--with-tables")
    (table,) = [name for name in holding if name.endswith("adsl.csv")]
    assert holding[table] == (own.parents[1] / "adsl.csv").read_bytes()


@pytest.mark.parametrize("options", [(), ("--with-tables",)])
def test_the_salt_never_leaves(own, tmp_path, options):
    files = packed(own, tmp_path / "pack.zip", *options)
    assert not [name for name, content in files.items() if SALT.encode() in content or name.endswith("salt.txt")]
    assert "smmlib compare report again/small" in files["Makefile"].decode()


def test_inputs_lie_to_one_another_as_they_did(own, tmp_path):
    """The executed notebooks name the parameters as seen from their folder."""
    files = packed(own, tmp_path / "pack.zip")
    (params,) = [name for name in files if name.startswith("source/") and name.endswith("/small.yaml")]
    (program,) = [name.removesuffix("/smmlib/places.py") for name in files if name.endswith("/smmlib/places.py")]
    from_notebooks = os.path.relpath(own.parents[1] / "small.yaml", PROJECT / "notebooks")
    assert os.path.relpath(params, f"{program}/notebooks") == from_notebooks


@pytest.mark.parametrize(
    ("changes", "with_tables", "told"),
    [
        ({"suppress_below": 5, "privacy": "hashed"}, True, "suppress_below masks small counts"),
        (
            {"privacy": "hashed", "data": {"accept": [{"patient": "P", "check": "order", "reason": "Confirmed."}]}},
            False,
            "The parameters name patients under data.accept",
        ),
    ],
)
def test_what_would_tell_what_the_report_hides_is_refused(tmp_path, changes, with_tables, told):
    params = write_trial(tmp_path, changes, subjects=PATIENTS)
    inputs = Inputs({}, params, read_study(params), [tmp_path / "adsl.csv"], [], "")
    with pytest.raises(PackError, match=told):
        refuse_what_may_not_leave(inputs, with_tables=with_tables)


# ---- what is refused


def test_a_zip_that_is_there_is_left_as_it_is(bundled, tmp_path, capsys):
    (tmp_path / "mine.zip").write_bytes(b"mine")
    assert "mine.zip is there: move it away" in refused(bundled, tmp_path / "mine.zip", capsys)


def test_a_place_that_cannot_be_written_is_named(bundled, tmp_path, capsys):
    assert "cannot be written" in refused(bundled, tmp_path / "nowhere" / "pack.zip", capsys)


def test_a_folder_that_is_no_report_is_refused(tmp_path, capsys):
    assert "manifest.json is not there" in refused(tmp_path, tmp_path / "pack.zip", capsys)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"library": "0"}, "was made by another program than this one"),
        ({"parameters": {"freireich-1963.yaml": "0"}}, "the parameters freireich-1963.yaml of"),
        ({"data": {"subjects": "0", "times": "0"}}, "changed since the report was made"),
        ({"notebooks": {"population.ipynb": "0"}}, "the notebook population.ipynb is not that of the report"),
    ],
)
def test_a_report_of_other_inputs_is_refused(copied, tmp_path, capsys, changes, told):
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    (copied / "manifest.json").write_text(json.dumps(manifest | changes), encoding="utf-8")
    assert told in refused(copied, tmp_path / "pack.zip", capsys)


@pytest.mark.parametrize(
    ("name", "told"), [("ledger.csv", "changed ledger.csv. Make the report again"), ("mine.txt", "added mine.txt")]
)
def test_a_report_whose_files_were_changed_is_refused(copied, tmp_path, capsys, name, told):
    (copied / name).write_text("mine", encoding="utf-8")
    assert told in refused(copied, tmp_path / "pack.zip", capsys)


# ---- the commits that a manifest names


def git(folder, *words):
    who = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_commit_of_parameters_is_told_and_whether_they_are_as_committed(tmp_path):
    params = tmp_path / "study.yaml"
    params.write_text("study: x\n", encoding="utf-8")
    assert commits(params)["parameters"] is None
    git(tmp_path, "init", "--quiet")
    assert commits(params)["parameters"] is None  # in a repository that does not know them
    git(tmp_path, "add", "study.yaml")
    git(tmp_path, "commit", "--quiet", "-m", "parameters")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert commits(params)["parameters"] == commit
    (tmp_path / "other.txt").write_text("not an input", encoding="utf-8")
    assert commits(params)["parameters"] == commit
    params.write_text("study: y\n", encoding="utf-8")
    assert commits(params)["parameters"] == f"{commit}+changes"


def test_without_git_no_commit_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commits(PROJECT / "params/freireich-1963.yaml") == {"program": None, "parameters": None}
