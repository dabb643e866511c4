"""The set-up: one source of versions, an environment that is whole or made anew, the Makefile's targets."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from project_files import PROJECT
from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

from smmlib import environment

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
LOCK = (PROJECT / "requirements.lock").read_text()
MAKEFILE = (PROJECT / "Makefile").read_text()

# Where conda-forge calls a package by another name; the smaller one where it splits a package in two.
CONDA_NAMES = {
    "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "pdfminer-six": "pdfminer.six",
    "seaborn": "seaborn-base",
    "typst": "typst-py",
}


def requirements(*groups):
    extras = [line for extra in PYPROJECT["project"]["optional-dependencies"].values() for line in extra]
    of_groups = [line for group in groups for line in PYPROJECT["dependency-groups"][group]]
    return [Requirement(line) for line in PYPROJECT["project"]["dependencies"] + extras + of_groups]


def locked_versions():
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE))


def conda_specs():
    lines = yaml.safe_load((PROJECT / "environment.yml").read_text())["dependencies"]
    return {spec.name.normalized: spec for spec in (MatchSpec(line, strict=True) for line in lines)}


# ---- the lock


def test_lock_holds_every_direct_dependency_at_an_allowed_version():
    locked = locked_versions()
    for requirement in requirements("test", "install"):
        assert requirement.specifier.contains(locked[requirement.name]), requirement


def test_lock_holds_one_version_a_package():
    names = re.findall(r"^([a-z0-9._-]+)==", LOCK, re.MULTILINE)
    assert len(names) == len(set(names))


def test_lock_holds_no_address_and_no_path():
    packages = [line for line in LOCK.splitlines() if not line.startswith("#")]
    assert not [line for line in packages if re.search(r"://|@|^-|/", line)]


def test_every_locked_package_has_a_hash():
    entries = environment.lock_entries(LOCK)
    assert list(entries) == list(locked_versions())
    assert [name for name, entry in entries.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []


def test_tests_run_on_the_locked_versions():
    if not Path(sys.prefix, "made-from").exists():
        pytest.skip("an environment of the user's own may hold other versions")
    locked = locked_versions()
    installed = {requirement.name: version(requirement.name) for requirement in requirements("test")}
    assert installed == {name: locked[name] for name in installed}


def test_supported_pythons_are_stated_once():
    supported = SpecifierSet(PYPROJECT["project"]["requires-python"])
    minors = [minor for minor in range(30) if supported.contains(f"3.{minor}")]
    assert ((3, minors[0]), (3, minors[-1])) == (environment.OLDEST, environment.NEWEST)
    assert SpecifierSet(str(conda_specs()["python"].version)) == supported


# ---- conda


def test_conda_environment_is_the_lock():
    locked = locked_versions()
    expected = {
        CONDA_NAMES.get(requirement.name, requirement.name): f"=={locked[requirement.name]}"
        for requirement in requirements("test")
    }
    specs = conda_specs()
    del specs["python"]
    assert {name: str(spec.version) for name, spec in specs.items()} == expected


def test_conda_environment_has_one_channel_and_no_pip_section():
    described = yaml.safe_load((PROJECT / "environment.yml").read_text())
    assert described["channels"] == ["conda-forge", "nodefaults"]
    assert all(isinstance(line, str) for line in described["dependencies"])


@pytest.mark.parametrize("line", ["jupyterlab=4.6.*", "numpy ==2.4.*", "numpy=>2", "numpy = = 2"])
def test_conda_specs_are_parsed_strictly(line):
    with pytest.raises(InvalidMatchSpecError):
        MatchSpec(line, strict=True)


# ---- which Python


@pytest.mark.parametrize("python", [(2, 7), (3, 6), (3, 10), (3, 14), (4, 0)])
def test_unsuitable_python_is_refused_by_name_with_advice(python):
    found = f"oldpython is Python {python[0]}.{python[1]}; smmlib runs on Python 3.11 to 3.13. Do this."
    with pytest.raises(environment.SetupError, match=re.escape(found)):
        environment.refuse_unsuitable(python, "oldpython", "Do this.")


@pytest.mark.parametrize("python", [(3, 11), (3, 12), (3, 13)])
def test_supported_python_is_taken(python):
    environment.refuse_unsuitable(python, "python", "")


@pytest.mark.parametrize(
    "name", ["a\nimport os", "a\r", "a\u2028b", f"a{os.pathsep}b", os.fsdecode(b"\xff")], ids=ascii
)
def test_a_folder_whose_name_python_would_run_or_not_read_is_refused(name):
    with pytest.raises(environment.SetupError, match="rename the folder") as refused:
        environment.refuse_unusable_folder(f"/home/{name}/project")
    assert "\n" not in str(refused.value)


def test_a_folder_may_otherwise_have_any_name():
    environment.refuse_unusable_folder('/home/it\'s {so} $(touch a)`b` "é中" %s #?&;*[\\')


RUN_BY_ANY_PYTHON = [
    PROJECT / "smmlib" / "environment.py",
    PROJECT / "smmlib" / "clean.py",
    *sorted((PROJECT / "smmlib" / "ownership").glob("*.py")),
]


@pytest.mark.parametrize("file", RUN_BY_ANY_PYTHON, ids=lambda file: file.stem)
def test_old_python_can_read_the_modules_that_run_before_there_is_a_newer_one(file):
    ast.parse(file.read_text(), feature_version=(3, 6))


def test_cleaning_needs_no_package(tmp_path):
    """Isolated, and without the folder of packages."""
    code = f"import sys; sys.argv = ['clean']; import runpy; runpy.run_path({str(PROJECT / 'smmlib' / 'clean.py')!r})"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_module_beside_environment_hides_one_of_the_standard_library():
    beside = {path.stem for path in (PROJECT / "smmlib").iterdir()}
    assert beside & sys.stdlib_module_names == set()


def test_dependency_names_are_those_of_pyproject():
    names = [requirement.name for requirement in requirements()]
    assert environment.dependency_names((PROJECT / "pyproject.toml").read_text()) == names


def test_python_of_the_user_is_used_as_it_is(monkeypatch, capsys):
    monkeypatch.setattr(environment, "is_ours", lambda python: False)
    assert environment.main([sys.executable]) == 0
    dotted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    said = capsys.readouterr().out
    assert said == f"Using {sys.executable} (Python {dotted}) as told: nothing is installed.\n"


def test_python_that_lacks_packages_is_refused_with_their_names(monkeypatch, capsys):
    monkeypatch.setattr(environment, "dependency_names", lambda pyproject: ["pandas", "no-such-package"])
    monkeypatch.setattr(environment, "is_ours", lambda python: False)
    assert environment.main([sys.executable]) == 1
    assert f"{sys.executable} lacks no-such-package. Install" in capsys.readouterr().err


def test_program_that_is_no_python_is_refused(capsys):
    assert environment.main([shutil.which("true")]) == 1
    assert "does not answer as a Python does" in capsys.readouterr().err


# ---- whole, or made anew


DOTTED = f"{sys.version_info[0]}.{sys.version_info[1]}"
INSTALLED = ("numpy", "numpy-1.dist-info")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder with a lock and a finished .venv of this Python that holds one package."""
    made = tmp_path / ".venv"
    for name, path in {
        "PROJECT": tmp_path,
        "LOCK": tmp_path / "requirements.lock",
        "ENVIRONMENT": made,
        "PYTHON": made / "bin" / "python",
        "STAMP": made / "made-from",
    }.items():
        monkeypatch.setattr(environment, name, path)
    monkeypatch.delenv("BASE_PYTHON_ORIGIN", raising=False)
    environment.LOCK.write_text("numpy==1\n")
    environment.PYTHON.parent.mkdir(parents=True)
    environment.PYTHON.symlink_to(sys.executable)
    (made / "pyvenv.cfg").touch()
    for name in INSTALLED:
        packages(made).joinpath(name).mkdir(parents=True)
    finish(made)
    return tmp_path


def packages(made):
    return made / "lib" / f"python{DOTTED}" / "site-packages"


def finish(made, version=DOTTED):
    lines = [environment.stamp(b"numpy==1\n", made), version, *INSTALLED]
    environment.STAMP.write_text("\n".join(lines) + "\n")


def test_whole_environment_is_left_alone(project, capsys):
    assert environment.main([]) == 0
    assert environment.main([".venv/bin/python"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def made_again(project, monkeypatch, capsys):
    """Make the environment, with steps that install nothing: what was said of why."""

    def made_again():
        for step in ("install_packages", "install_project", "quieten_jupyterlab"):
            monkeypatch.setattr(environment, step, lambda: None)
        monkeypatch.setattr(environment, "run", lambda *arguments: "")
        assert environment.main([]) == 0
        return capsys.readouterr().out

    return made_again


def again(reason):
    return f"Making .venv again with Python {DOTTED}, because {reason}: some 15 seconds and the downloads.\n"


LOCK_CHANGED = again("requirements.lock has changed, or it is unfinished or was moved")
PYTHON_GONE = again(f"its Python {DOTTED} does not run any more")


def test_environment_is_made_where_there_is_none(project, made_again):
    shutil.rmtree(environment.ENVIRONMENT)
    assert made_again() == f"Making .venv with Python {DOTTED}: once, some 15 seconds and the downloads.\n"


def test_environment_is_made_again_when_the_lock_changed(made_again):
    environment.LOCK.write_text("numpy==2\n")
    assert made_again() == LOCK_CHANGED


@pytest.mark.parametrize("content", ["", "unfinished\n", "\u00e9", "one line of an earlier version\n"])
def test_environment_that_is_unfinished_is_made_again(made_again, content):
    environment.STAMP.write_text(content, encoding="latin-1")
    assert made_again() == LOCK_CHANGED


def test_environment_copied_to_another_folder_is_made_again(project, made_again, monkeypatch):
    finish(project / "elsewhere" / ".venv")
    assert made_again() == LOCK_CHANGED


def not_a_python():
    environment.PYTHON.unlink()
    environment.PYTHON.symlink_to(shutil.which("false"))


def leads_nowhere():
    environment.PYTHON.unlink()
    environment.PYTHON.symlink_to("nowhere")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: environment.PYTHON.unlink(),
        leads_nowhere,
        not_a_python,
        lambda: (environment.ENVIRONMENT / "pyvenv.cfg").unlink(),
    ],
)
def test_environment_whose_python_is_broken_is_made_again(made_again, spoil):
    spoil()
    assert made_again() == PYTHON_GONE


def test_environment_whose_python_became_another_is_made_again(project, made_again):
    """The system's python3 was upgraded: the packages are in a folder where the new one does not look."""
    finish(environment.ENVIRONMENT, "3.10")
    assert made_again() == again("its Python 3.10 does not run any more")


@pytest.mark.parametrize("name", INSTALLED)
def test_environment_that_misses_a_package_is_made_again(project, made_again, name):
    packages(environment.ENVIRONMENT).joinpath(name).rmdir()
    assert made_again() == again(f"{name} is missing in it")


def test_environment_with_a_package_of_another_version_is_made_again(project, made_again):
    installed = packages(environment.ENVIRONMENT)
    installed.joinpath("numpy-1.dist-info").rename(installed / "numpy-2.dist-info")
    assert made_again() == again("numpy-1.dist-info is missing in it")


def test_packages_that_the_user_added_and_another_pip_are_welcome(project, capsys):
    for name in ("scikit_survival-1.dist-info", "pip-99.dist-info", "__pycache__"):
        packages(environment.ENVIRONMENT).joinpath(name).mkdir()
    assert environment.main([]) == 0
    assert capsys.readouterr() == ("", "")


def other_version(monkeypatch):
    """An environment of the Python that runs this, and the set-up by another."""
    monkeypatch.setattr(environment.sys, "version_info", (3, 12 if sys.version_info[1] != 12 else 13, 0))


@pytest.mark.parametrize("origin", ["command line", "environment"])
def test_environment_of_another_python_than_the_one_asked_for_is_made_again(project, made_again, monkeypatch, origin):
    other_version(monkeypatch)
    monkeypatch.setenv("BASE_PYTHON_ORIGIN", origin)
    assert f", because it has Python {DOTTED}: " in made_again()


@pytest.mark.parametrize("origin", ["file", None])
def test_environment_of_another_python_will_do_when_none_was_asked_for(project, monkeypatch, capsys, origin):
    other_version(monkeypatch)
    if origin:
        monkeypatch.setenv("BASE_PYTHON_ORIGIN", origin)
    assert environment.main([]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("given", "origin"), [([], "file"), (["BASE_PYTHON=python3"], "command line")])
def test_make_says_whether_a_python_was_asked_for(tmp_path, given, origin):
    shutil.copy(PROJECT / "Makefile", tmp_path)
    asks = "ask: ; @echo $$BASE_PYTHON_ORIGIN"
    (tmp_path / "ask.mk").write_text(f"include Makefile\n{asks}\n")
    assert make("-f", "ask.mk", "ask", *given, folder=tmp_path).stdout.strip() == origin


def test_what_is_left_in_the_environment_goes_before_it_is_made_again(project, made_again):
    environment.LOCK.write_text("numpy==2\n")
    made_again()
    assert [path.name for path in environment.ENVIRONMENT.iterdir()] == ["made-from"]


# ---- a .venv of somebody else's


def refused_environment(capsys):
    assert environment.main([]) == 1
    return capsys.readouterr().err


def test_environment_that_is_a_link_is_left_alone_and_so_is_what_it_leads_to(project, capsys):
    environment.ENVIRONMENT.rename(project / "mine")
    environment.ENVIRONMENT.symlink_to("mine")
    (project / "mine" / "notes.txt").write_text("mine")
    environment.LOCK.write_text("numpy==2\n")
    assert ".venv is a link to mine, where nothing is touched. Remove the link, or" in refused_environment(capsys)
    assert (project / "mine" / "notes.txt").read_text() == "mine"
    assert environment.ENVIRONMENT.is_symlink()


def test_environment_that_is_a_link_to_nothing_is_left_alone(project, capsys):
    shutil.rmtree(environment.ENVIRONMENT)
    environment.ENVIRONMENT.symlink_to("nowhere")
    assert ".venv is a link to nowhere" in refused_environment(capsys)


@pytest.mark.parametrize("name", ["notes.txt", "pyvenv.cfg"])
def test_environment_that_was_not_made_here_is_left_alone(project, capsys, name):
    """A folder of the user's, and a virtual environment of the user's."""
    shutil.rmtree(environment.ENVIRONMENT)
    environment.ENVIRONMENT.mkdir()
    (environment.ENVIRONMENT / name).write_text("mine")
    assert ".venv was not made by smmlib, and is left alone. Move it away" in refused_environment(capsys)
    assert [path.name for path in environment.ENVIRONMENT.iterdir()] == [name]


def test_environment_that_is_a_file_is_left_alone(project, capsys):
    shutil.rmtree(environment.ENVIRONMENT)
    environment.ENVIRONMENT.write_text("mine")
    assert ".venv was not made by smmlib" in refused_environment(capsys)


def test_an_empty_folder_is_nobodys(project, made_again):
    shutil.rmtree(environment.ENVIRONMENT)
    environment.ENVIRONMENT.mkdir()
    made_again()
    assert environment.STAMP.is_file()


@pytest.mark.parametrize("failing", ["create_venv", "install_packages", "install_project", "quieten_jupyterlab"])
@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (environment.SetupError("pip install: no network"), 1, "Set-up failed: pip install: no network"),
        (KeyboardInterrupt(), 130, "Set-up interrupted: .venv is unfinished, the next make begins it anew."),
    ],
)
def test_unfinished_environment_never_looks_whole(project, monkeypatch, capsys, failing, error, code, words):
    def fail():
        raise error

    environment.LOCK.write_text("numpy==2\n")
    for step in ("install_packages", "install_project", "quieten_jupyterlab"):
        monkeypatch.setattr(environment, step, lambda: None)
    monkeypatch.setattr(environment, "run", lambda *arguments: "")
    monkeypatch.setattr(environment, failing, fail)
    assert environment.main([]) == code
    assert words in capsys.readouterr().err
    assert environment.reason_to_make() is not None
    assert environment.is_made_here()


def test_pip_installs_the_rest_when_uv_cannot_be_had(project, monkeypatch, capsys):
    entries = {name: f"{name}==1 \\\n    --hash=sha256:aa\n" for name in ("setuptools", "six", "uv")}
    environment.LOCK.write_text("# the head\n" + "".join(entries.values()))
    installed = []

    def run(step, command, settings, advice=""):
        if step == "pip install uv":
            raise environment.SetupError("pip install uv: No matching distribution found\nadvice")
        assert "--require-hashes" in command
        installed.append(Path(command[-1]).read_text())
        return ""

    monkeypatch.setattr(environment, "run", run)
    environment.install_packages()
    assert installed == [entries["setuptools"], entries["setuptools"] + entries["six"]]
    assert capsys.readouterr().out == (
        "Installing with pip, about a minute more (pip install uv: No matching distribution found)\n"
    )


def test_failed_step_names_itself_its_error_and_what_to_do():
    command = [sys.executable, "-c", "print('one'); print('ERROR: no space left'); raise SystemExit(3)"]
    with pytest.raises(environment.SetupError) as raised:
        environment.run("pip install", command, {}, "Make room.")
    assert str(raised.value).splitlines()[0] == "pip install: ERROR: no space left"
    assert str(raised.value).endswith("Make room.")


# ---- pip's settings


def test_settings_of_pip_reach_uv():
    listing = "\n".join(
        [
            "global.index-url='https://mirror.invalid/simple'",
            "global.timeout='60'",
            "install.index-url='https://install.invalid/simple'",
            ":env:.extra-index-url='https://one.invalid\\nhttps://two.invalid'",
            "global.extra-index-url='https://three.invalid'",
            "freeze.cert='ignored.pem'",
        ]
    )
    settings = environment.uv_settings(environment.pip_settings(listing))
    assert settings["UV_DEFAULT_INDEX"] == "https://install.invalid/simple"
    assert settings["UV_INDEX"] == "https://one.invalid https://two.invalid"
    assert "SSL_CERT_FILE" not in settings


def test_settings_of_the_caller_win(monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.invalid/simple")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PIP_USER", "1")
    child = environment.child_environment({"UV_DEFAULT_INDEX": "https://pip.invalid/simple", "UV_INDEX": "x"})
    assert (child["UV_DEFAULT_INDEX"], child["UV_INDEX"]) == ("https://mine.invalid/simple", "x")
    assert "PYTHONDONTWRITEBYTECODE" not in child
    assert child["PIP_USER"] == "0"


# ---- the Makefile

TARGETS = ["help", "report", "reports", "pack", "check", "cohorts", "study", "test", "lab", "lint", "bench", "clean"]


def make(*arguments, folder=PROJECT):
    settings_of_outer_make = {"MAKEFLAGS", "MAKEOVERRIDES", "PYTHON", "BASE_PYTHON", "STUDY", "PARAMS"}
    inherited = {name: value for name, value in os.environ.items() if name not in settings_of_outer_make}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=inherited,
        capture_output=True,
        text=True,
    )


def test_help_is_the_default_and_names_every_target():
    shown = make().stdout
    assert shown == make("help").stdout
    assert re.findall(r"^  ([a-z]+)\t", shown, re.MULTILINE) == TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_exists(target):
    assert make("--dry-run", target).returncode == 0


def test_report_with_a_python_that_does_not_exist_fails_with_advice():
    result = make("report", "PYTHON=/nonexistent")
    assert result.returncode != 0
    assert "PYTHON=/nonexistent cannot be run: No such file or directory." in result.stderr
