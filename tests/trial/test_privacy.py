"""Identifiers that leave the data are hashes, with a salt that stays with it."""

import hashlib
import hmac
import shutil

import pytest
from report_project import PROJECT
from small_trial import read_trial

from smmlib.trial import derive, read_study, reason_counts, time_to_event
from smmlib.trial.analysis_data import COLUMNS
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

EXAMPLE = PROJECT / "docs" / "example"
PATIENTS = [
    {"USUBJID": f"SITE-{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01"}
    for number, arm in enumerate("AABB")
]


def names(folder, **changes):
    study, tables = read_trial(folder, changes, subjects=PATIENTS)
    return list(time_to_event(study, tables, "os").derivation["patient"])


def test_the_hash_is_that_of_the_standard_library(tmp_path):
    (tmp_path / "salt.txt").write_text("a secret of this trial alone\n", encoding="ascii")
    expected = hmac.new(b"a secret of this trial alone", b"SITE-2", hashlib.sha256).hexdigest()[:12]
    assert names(tmp_path, privacy="hashed").count(expected) == 1


def test_derivations_do_not_depend_on_the_order_of_the_rows_of_any_table(tmp_path):
    """Times from dates, laboratory values and responses, in the example: nothing tells which row a patient has."""
    found = {}
    for name, step in (("as they are", 1), ("reversed", -1)):
        shutil.copytree(EXAMPLE, tmp_path / name)
        for table in (tmp_path / name).glob("*.csv"):
            header, *rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
            table.write_text("".join([header, *rows[::step]]), encoding="utf-8")
        found[name] = derive(read_study(tmp_path / name / "example.yaml"))
    for part in COLUMNS:
        rows = getattr(found["as they are"], part)
        assert len(rows) >= 17, part  # the fewest are the patients of the arm whose response is reported
        assert rows.equals(getattr(found["reversed"], part)), part
        if "source" in rows:
            assert rows["source"].str.fullmatch(r"adsl\.csv, \w+|adlb\.csv|").all()


def test_identified_patients_stand_in_the_order_of_the_table_each_with_its_row(tmp_path):
    study, tables = read_trial(tmp_path, {"privacy": "identified"}, subjects=PATIENTS)
    derivation = time_to_event(study, tables, "os").derivation
    assert list(derivation["patient"]) == [row["USUBJID"] for row in PATIENTS]
    assert list(derivation["source"]) == [f"adsl.csv line {line}, LSTALVDT" for line in range(2, 6)]


def test_reasons_that_are_equally_common_stand_by_name_whatever_the_order_of_the_rows(tmp_path):
    dead = {"DTHDT": "2010-05-01", "LSTALVDT": "2010-05-01"}
    rows = [row | dead if row["USUBJID"] in ("SITE-0", "SITE-2") else row for row in PATIENTS]
    for given in (rows, rows[::-1]):
        study, tables = read_trial(tmp_path, {}, subjects=given)
        reasons = reason_counts(time_to_event(study, tables, "os"), "a")
        assert list(reasons.items()) == [("censored: day last seen alive", 1), ("death", 1)]


def test_identifiers_are_hashed_unless_the_study_says_otherwise(tmp_path):
    assert names(tmp_path, privacy="identified") == ["SITE-0", "SITE-1", "SITE-2", "SITE-3"]
    assert not (tmp_path / "salt.txt").exists()
    hashed = names(tmp_path, privacy="hashed")
    assert len(set(hashed)) == 4
    assert not any("SITE" in name for name in hashed)


def test_a_salt_is_made_once_and_kept(tmp_path):
    first = names(tmp_path, privacy="hashed")
    salt = (tmp_path / "salt.txt").read_text(encoding="ascii").strip()
    assert len(salt) == 64
    assert names(tmp_path, privacy="hashed") == first
    (tmp_path / "salt.txt").unlink()
    assert set(names(tmp_path, privacy="hashed")).isdisjoint(first)


def test_a_salt_that_is_short_or_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "salt.txt").write_text("short", encoding="ascii")
    with pytest.raises(DataError, match=r"salt.txt: holds 5 characters, but a salt must be 16 or more"):
        names(tmp_path, privacy="hashed")
    with pytest.raises(DataError, match=r"nowhere/salt.txt: cannot be read or made .*; name a file .* under data.salt"):
        names(tmp_path, privacy="hashed", data={"salt": "nowhere/salt.txt"})


def test_no_hash_stands_for_two_patients(tmp_path, monkeypatch):
    monkeypatch.setattr("smmlib.trial.privacy.HASH_LENGTH", 0)
    with pytest.raises(DataError, match=r"two patients have the same hash"):
        names(tmp_path, privacy="hashed")
