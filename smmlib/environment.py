"""The Python environment that everything runs in: .venv, made from requirements.lock.

Run as a file by the Python it is to be made with: ``python3 smmlib/environment.py [PYTHON]``. Without an
argument it makes .venv when there is none, and anew when the lock has changed, when its Python or a package in it is
gone, or when BASE_PYTHON is given to make and is another minor version; without BASE_PYTHON, whichever Python made it
will do. A .venv that was not made here is left alone. Given another Python, as in ``make report PYTHON=python``, it
installs nothing and only says whether that one can serve.

Standard library only, nothing newer than Python 3.6: an old one is refused in words, not by a SyntaxError.
"""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "requirements.lock"
ENVIRONMENT = PROJECT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "made-from"
OLDEST, NEWEST = (3, 11), (3, 13)

# uv knows nothing of pip's settings: each of these is handed over under the name that uv gives it.
UV_NAME_OF_PIP_SETTING = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}

SAY_MAKE_AGAIN = "Check the network and pip's index settings, then say make again: it begins .venv anew."

# One dependency comes as source. The locked setuptools, installed first, builds it: an isolated build would
# fetch the newest setuptools of the day.
BUILDER = "setuptools"
# Not in the lock: it comes with the Python, and may be renewed.
INSTALLER = "pip"
LOCKED = ["--no-deps", "--require-hashes"]

# Asked of a Python that is not ours: its version, then which of the named packages it lacks.
PROBE = """
import sys
print("%d.%d" % sys.version_info[:2])
from importlib.metadata import PackageNotFoundError, version
for name in sys.argv[1:]:
    try:
        version(name)
    except PackageNotFoundError:
        print(name)
"""


class SetupError(Exception):
    """What went wrong, and what to do about it."""


def main(arguments: list) -> int:
    chosen = arguments[0] if arguments else str(PYTHON)
    try:
        if not is_ours(chosen):
            check_other_python(chosen)
        else:
            reason = reason_to_make()
            if reason is not None:
                make_environment(reason)
    except SetupError as error:
        print(f"Set-up failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Set-up interrupted: .venv is unfinished, the next make begins it anew.", file=sys.stderr)
        return 130
    return 0


def is_ours(python: str) -> bool:
    # Compared without following links: .venv/bin/python is itself a link to the Python it was made with.
    return os.path.abspath(str(PROJECT / python)) == str(PYTHON)


def stamp(lock: bytes, environment: Path) -> str:
    """What .venv was made from, and where: a copy elsewhere would still import the first place's library."""
    return f"{hashlib.sha256(lock).hexdigest()} {hashlib.sha256(os.fsencode(environment)).hexdigest()}"


# ---- whether .venv will do


def reason_to_make():
    """Why .venv has to be made; empty where there is none, and None where it is as it should be."""
    if not os.path.lexists(str(ENVIRONMENT)):
        return ""
    made_from = STAMP.read_text(errors="replace").splitlines() if STAMP.is_file() else []
    if made_from[:1] != [stamp(LOCK.read_bytes(), ENVIRONMENT)] or len(made_from) < 2:
        return "requirements.lock has changed, or it is unfinished or was moved"
    version, packages = made_from[1], made_from[2:]
    if version_of_environment() != version:
        return f"its Python {version} does not run any more"
    if is_base_python_given() and version != dotted(sys.version_info[:2]):
        return f"it has Python {version}"
    missing = sorted(set(packages) - set(installed(version)))
    return f"{missing[0]} is missing in it" if missing else None


def is_base_python_given() -> bool:
    """Whether BASE_PYTHON was given to make, and is not only its default: the Makefile says where it comes from."""
    return os.environ.get("BASE_PYTHON_ORIGIN", "file") != "file"


def version_of_environment() -> str:
    """Minor version of the Python of .venv; empty where it does not run, or would not look for packages there."""
    if not (ENVIRONMENT / "pyvenv.cfg").is_file():
        return ""
    command = [str(PYTHON), "-I", "-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True)
    except OSError:
        return ""
    return answer.stdout.strip()


def installed(version: str) -> list:
    """Names in the folder of packages: modules, and what each package says of itself with its version."""
    packages = ENVIRONMENT / "lib" / f"python{version}" / "site-packages"
    names = os.listdir(str(packages)) if packages.is_dir() else []
    return [name for name in names if name != "__pycache__" and name.split("-")[0] != INSTALLER]


# ---- a Python of the user's own


def check_other_python(chosen: str) -> None:
    version, missing = probe(chosen)
    refuse_unsuitable(version, chosen, "Name another one with PYTHON=, or leave PYTHON away to use .venv.")
    if missing:
        raise SetupError(
            f"{chosen} lacks {', '.join(missing)}. "
            "Install environment.yml (conda) or requirements.lock (pip), or leave PYTHON away to use .venv."
        )
    print(f"Using {chosen} (Python {dotted(version)}) as told: nothing is installed.", flush=True)


def probe(chosen: str) -> tuple:
    command = [chosen, "-c", PROBE, *dependency_names((PROJECT / "pyproject.toml").read_text())]
    try:
        answer = subprocess.run(
            command, cwd=str(PROJECT), stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True
        )
    except OSError as error:
        raise SetupError(f"PYTHON={chosen} cannot be run: {error.strerror}. Name one that can.") from error
    lines = answer.stdout.split()
    if not lines:
        raise SetupError(f"PYTHON={chosen} does not answer as a Python does: {telling_line(answer.stderr)}")
    major, minor = lines[0].split(".")
    return (int(major), int(minor)), lines[1:]


def dependency_names(pyproject: str) -> list:
    """All that the package runs with, extras included, read without tomllib, which an old Python does not have."""
    extras = re.findall(r"^\[project.optional-dependencies\]\n(.*?)^\[", pyproject, re.MULTILINE | re.DOTALL)[0]
    block = re.findall(r"^dependencies = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)[0] + extras
    return re.findall(r'^ +"([A-Za-z0-9._-]+)', block, re.MULTILINE)


# ---- our own


def make_environment(reason: str) -> None:
    version = sys.version_info[:2]
    refuse_unsuitable(version, sys.executable, "Name a newer one: make report BASE_PYTHON=python3.12")
    refuse_unusable_folder(str(PROJECT))
    refuse_foreign()
    again, once = (" again", f", because {reason}:") if reason else ("", ": once,")
    print(f"Making .venv{again} with Python {dotted(version)}{once} some 15 seconds and the downloads.", flush=True)
    create_venv()
    install_packages()
    install_project()
    quieten_jupyterlab()
    # Last, so that an environment that was interrupted on the way is never taken for a whole one.
    whole = [stamp(LOCK.read_bytes(), ENVIRONMENT), dotted(version), *sorted(installed(dotted(version)))]
    STAMP.write_text("\n".join(whole) + "\n")


def refuse_foreign() -> None:
    """Leave a .venv alone that was not made here: its packages, or whatever it is, are somebody's."""
    if ENVIRONMENT.is_symlink():
        raise SetupError(
            f".venv is a link to {os.readlink(str(ENVIRONMENT))}, where nothing is touched. "
            "Remove the link, or name the Python there with PYTHON=."
        )
    if os.path.lexists(str(ENVIRONMENT)) and not is_made_here():
        raise SetupError(
            ".venv was not made by smmlib, and is left alone. Move it away, or delete it if nothing in it is needed."
        )


def is_made_here() -> bool:
    """Whether .venv carries the mark of one that was made here, finished or not; an empty folder is nobody's."""
    if ENVIRONMENT.is_symlink() or not ENVIRONMENT.is_dir():
        return False
    return STAMP.is_file() or not os.listdir(str(ENVIRONMENT))


def refuse_unsuitable(version: tuple, name: str, advice: str) -> None:
    if OLDEST <= version[:2] <= NEWEST:
        return
    suitable = f"{dotted(OLDEST)} to {dotted(NEWEST)}"
    raise SetupError(f"{name} is Python {dotted(version)}; smmlib runs on Python {suitable}. {advice}")


def refuse_unusable_folder(folder: str) -> None:
    """The file that says where smmlib is has a line a folder: Python runs what stands behind a line break in a name."""
    lines, code_points = folder.splitlines(), map(ord, folder)
    if lines != [folder] or os.pathsep in folder or any(0xD800 <= point <= 0xDFFF for point in code_points):
        raise SetupError(
            f"no environment can be made in {folder!a}: rename the folder, without line breaks, without "
            f"{os.pathsep} and in UTF-8."
        )


def dotted(version: tuple) -> str:
    return ".".join(str(part) for part in version)


def create_venv() -> None:
    try:
        empty_environment()
    except OSError as error:
        raise SetupError(f"{error.filename} cannot be removed: {error.strerror}. Remove .venv yourself.") from error
    run(
        "python -m venv",
        [sys.executable, "-m", "venv", str(ENVIRONMENT)],
        {},
        "Install the system package it names (Debian: python3-venv), or name another Python: BASE_PYTHON=.",
    )


def empty_environment() -> None:
    """Remove all but the mark, which stays throughout, so that what is left half done is known to be ours."""
    if not ENVIRONMENT.is_dir():
        ENVIRONMENT.mkdir()
    STAMP.write_text("unfinished\n")
    for path in ENVIRONMENT.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(str(path))
        elif path != STAMP:
            path.unlink()


def remove_environment() -> None:
    empty_environment()
    STAMP.unlink()
    ENVIRONMENT.rmdir()


def install_packages() -> None:
    """Everything in the lock: by uv, or where that fails by pip, which installs the same files slowly."""
    entries = lock_entries(LOCK.read_text())
    everything = [name for name in entries if name != "uv"]
    packages = requirements_file("packages.txt", entries, everything)
    try:
        # A wheel or nothing: building uv from source takes a Rust compiler and many minutes.
        installer = requirements_file("installer.txt", entries, [BUILDER, "uv"])
        pip("pip install uv", *LOCKED, "--only-binary=:all:", "-r", installer)
        uv("uv pip sync", "sync", "--require-hashes", "--no-build-isolation", packages)
    except SetupError as error:
        print(f"Installing with pip, about a minute more ({first_line(error)})", flush=True)
        pip("pip install setuptools", *LOCKED, "-r", requirements_file("builder.txt", entries, [BUILDER]))
        pip("pip install", *LOCKED, "--no-build-isolation", "--no-compile", "-r", packages)


def lock_entries(lock: str) -> dict:
    """Each package's own lines of the lock, by its name."""
    entries = re.findall(r"^([a-z0-9._-]+)(==.*\n(?:[ \t].*\n)*)", lock, re.MULTILINE)
    return {name: name + rest for name, rest in entries}


def requirements_file(file_name: str, entries: dict, names: list) -> str:
    path = ENVIRONMENT / file_name
    path.write_text("".join(entries[name] for name in names))
    return str(path)


def install_project() -> None:
    """smmlib itself, editable; its build backend is in the lock, so this needs no network."""
    pip("pip install smmlib", "--no-deps", "--no-index", "--no-build-isolation", "-e", str(PROJECT))


def quieten_jupyterlab() -> None:
    """No question about news and no look for updates: an analysis asks nothing of the network."""
    settings = ENVIRONMENT / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    notification = {"fetchNews": "false", "checkForUpdates": False}
    overrides = {"@jupyterlab/apputils-extension:notification": notification}
    (settings / "overrides.json").write_text(json.dumps(overrides))


# ---- pip and uv


def pip(step: str, *arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run(step, [*command, *arguments], {})


def uv(step: str, *arguments: str) -> None:
    command = [str(PYTHON), "-m", "uv", "--quiet", "pip", *arguments, "--python", str(PYTHON)]
    listing = run("pip config list", [str(PYTHON), "-m", "pip", "config", "list"], {})
    run(step, command, uv_settings(pip_settings(listing)))


def pip_settings(listing: str) -> dict:
    """What `pip config list` says for an install: [install] wins over [global], a variable over both."""
    found = re.findall(r"^(global|install|:env:)\.([a-z-]+)=(.+)$", listing, re.MULTILINE)
    ranked = sorted(found, key=lambda setting: ["global", "install", ":env:"].index(setting[0]))
    return {name: ast.literal_eval(value) for _, name, value in ranked}


def uv_settings(settings: dict) -> dict:
    handed_over = {
        uv_name: " ".join(settings[pip_name].split())
        for pip_name, uv_name in UV_NAME_OF_PIP_SETTING.items()
        if settings.get(pip_name)
    }
    # pip takes a package from any index that has the locked version; uv would stop at the first that knows
    # its name. The hashes say which file is right, so no index can pass off another.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_PYTHON_DOWNLOADS": "never", **handed_over}


def run(step: str, command: list, settings: dict, advice: str = SAY_MAKE_AGAIN) -> str:
    result = subprocess.run(
        command,
        cwd=str(PROJECT),
        env=child_environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    if result.returncode:
        raise SetupError(f"{step}: {telling_line(result.stdout)}\n\n{result.stdout.strip()}\n\n{advice}")
    return result.stdout


def child_environment(settings: dict) -> dict:
    """The caller's variables, which win over `settings`, but for those that would spoil an install."""
    harmful = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in harmful}
    return {**settings, **kept, "PIP_USER": "0"}


def first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def telling_line(output: str) -> str:
    """The first line that calls itself an error, or else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error:")]
    return (errors or lines[-1:] or ["no output"])[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
