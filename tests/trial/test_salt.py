"""The salt of a study is one file, whole from the first, that its owner alone can read; what is no file is refused."""

import errno
import multiprocessing
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from small_trial import write_trial

from smmlib.report import check
from smmlib.trial.new_study.command import main as start
from smmlib.trial.salt import make_salt, read_salt
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

NOBODY, LONG_ENOUGH = "65534", 120
PATIENTS = [
    {"USUBJID": f"{arm}{number}", "TRT01P": arm, "RANDDT": "2010-01-03", "DTHDT": "", "LSTALVDT": "2011-01-01"}
    for arm in "AB"
    for number in range(3)
]


def mode(file):
    return stat.S_IMODE(os.stat(file).st_mode)


@pytest.fixture(params=[0o022, 0o000, 0o277], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_its_owner_alone_can_read_it_whatever_the_umask(tmp_path, umask):
    made = read_salt(tmp_path / "salt.txt")
    assert mode(tmp_path / "salt.txt") == 0o600
    assert read_salt(tmp_path / "salt.txt") == made
    assert [file.name for file in tmp_path.iterdir()] == ["salt.txt"]


def test_that_of_a_new_study_too(tmp_path):
    before = os.umask(0)
    try:
        assert start(["mine", str(tmp_path)]) == 0
    finally:
        os.umask(before)
    assert mode(tmp_path / "salt.txt") == 0o600
    assert mode(tmp_path / "adsl.csv") == 0o666


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="takes root and setpriv, to be another user"
)
def test_another_user_cannot_read_it():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        make_salt(Path(folder) / "salt.txt")
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "cat", f"{folder}/salt.txt"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONG_ENOUGH)
    assert done.returncode != 0
    assert "Permission denied" in done.stderr
    assert done.stdout == ""


def read_at_once(files, barrier, salts):
    for file in files:
        barrier.wait(LONG_ENOUGH)
        salts.put((file.parent.name, read_salt(file)))


def test_processes_that_need_one_at_once_end_with_one(tmp_path):
    """None of them reads half of it, or another's."""
    context, together = multiprocessing.get_context("spawn"), 4
    files = [tmp_path / str(attempt) / "salt.txt" for attempt in range(25)]
    for file in files:
        file.parent.mkdir()
    barrier, salts = context.Barrier(together), context.Queue()
    processes = [context.Process(target=read_at_once, args=(files, barrier, salts)) for _ in range(together)]
    for process in processes:
        process.start()
    found = [salts.get(timeout=LONG_ENOUGH) for _ in range(together * len(files))]
    for process in processes:
        process.join(LONG_ENOUGH)
    assert sorted(set(found)) == sorted((file.parent.name, file.read_bytes().strip()) for file in files)
    assert {len(salt) for _, salt in found} == {64}
    assert {each.name for file in files for each in file.parent.iterdir()} == {"salt.txt"}


def test_it_is_made_where_a_file_system_has_no_hard_links(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert len(read_salt(tmp_path / "salt.txt")) == 64
    assert mode(tmp_path / "salt.txt") == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["salt.txt"]


# ---- what is no file


def folder(file):
    file.mkdir()


def named_pipe(file):
    os.mkfifo(file)


def link_to_a_pipe(file):
    os.mkfifo(file.with_name("pipe"))
    file.symlink_to("pipe")


def link_to_a_device(file):
    file.symlink_to("/dev/zero")


def link_to_nothing(file):
    file.symlink_to("gone.txt")


def link_to_itself(file):
    file.symlink_to(file.name)


NOT_FILES = {
    folder: "is a folder, but must be a file; name a file with a secret under data.salt",
    named_pipe: "is a named pipe, but must be a file",
    link_to_a_pipe: "is a named pipe, but must be a file",
    link_to_a_device: "is a device, but must be a file",
    link_to_nothing: "is a link to a file that is not there",
    link_to_itself: "cannot be read or made (Too many levels of symbolic links); name a file",
}


@pytest.fixture(scope="module")
def said_of_no_files(tmp_path_factory):
    """The folders of trials each of whose salts is no file, and what is said of all of them.

    By a process of its own, for one that opened the pipe would wait for ever.
    """
    folders = {made: tmp_path_factory.mktemp(made.__name__) for made in NOT_FILES}
    files = [str(write_trial(each, {"privacy": "hashed"}, subjects=PATIENTS)) for each in folders.values()]
    for made, each in folders.items():
        made(each / "salt.txt")
    before = {made: sorted(os.listdir(each)) for made, each in folders.items()}
    command = [sys.executable, "-m", "smmlib", "check", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONG_ENOUGH)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return folders, before, done.stderr


@pytest.mark.parametrize("made", NOT_FILES)
def test_what_is_no_file_is_refused_in_words(said_of_no_files, made):
    folders, before, said = said_of_no_files
    assert f"{folders[made].name}/salt.txt: {NOT_FILES[made]}" in said
    assert sorted(os.listdir(folders[made])) == before[made]


def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a path to a socket must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("salt.txt")
        with pytest.raises(DataError, match=r"salt.txt: is a socket, but must be a file"):
            read_salt(Path("salt.txt"))


def test_a_link_to_a_file_is_read(tmp_path):
    (tmp_path / "kept.txt").write_text("a secret that is kept elsewhere\n", encoding="ascii")
    (tmp_path / "salt.txt").symlink_to("kept.txt")
    assert read_salt(tmp_path / "salt.txt") == b"a secret that is kept elsewhere"


def test_a_new_study_does_not_write_its_salt_through_a_link(tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "salt.txt").symlink_to(tmp_path / "gone.txt")
    assert start(["mine", str(tmp_path / "mine")]) == 2
    assert "salt.txt: there already" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["salt.txt"]


# ---- what the check says


@pytest.mark.parametrize(
    ("origin", "mode", "noted"),
    [("patients", 0o600, False), ("patients", 0o640, True), ("patients", 0o604, True), ("synthetic", 0o644, False)],
)
def test_the_check_notes_a_salt_that_others_can_read(tmp_path, capsys, origin, mode, noted):
    """That of synthetic patients keeps no secret."""
    file = write_trial(tmp_path, {"privacy": "hashed", "data": {"origin": origin}}, subjects=PATIENTS)
    (tmp_path / "salt.txt").write_text("a salt for six patients\n", encoding="ascii")
    os.chmod(tmp_path / "salt.txt", mode)
    assert check.main([str(file)]) == 0
    said = capsys.readouterr().out
    assert (f"  note           salt.txt is not for its owner alone: chmod 600 {tmp_path}/salt.txt" in said) == noted
