"""The house: which part may import which, what stands at the top level, and what a notebook may hold."""

import ast
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from project_files import PROJECT

from smmlib import LATER

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
PARTS = ["command_line", "stats", "ownership", "trial", "analysis", "calibration", "curves", "display"]
# What the modules of each part may import of ours. `report` may import everything.
COMMON = [
    "smmlib.command_line",
    "smmlib.errors",
    "smmlib.hashes",
    "smmlib.places",
    "smmlib.ownership",
    "smmlib.plain_text",
    "smmlib.stats",
]
ALLOWED = {
    "smmlib.command_line": ["smmlib.command_line", "smmlib.places"],
    "smmlib.stats": ["smmlib.stats"],
    "smmlib.ownership": ["smmlib.ownership"],
    "smmlib.trial": [*COMMON, "smmlib.trial"],
    "smmlib.analysis": [*COMMON, "smmlib.trial", "smmlib.analysis"],
    "smmlib.calibration": [*COMMON, "smmlib.trial", "smmlib.analysis", "smmlib.calibration"],
    "smmlib.curves": [*COMMON, "smmlib.trial", "smmlib.analysis", "smmlib.curves"],
    "smmlib.display": ["smmlib.stats.results", "smmlib.display"],
    "smmlib.__init__": ["smmlib.command_line.start", "smmlib.stats"],
}
# Rooms of `report`, and which others each may import; the modules beside them bring the rooms together.
REPORT_ROOMS = {
    "claims": [],
    "comparison": ["records"],
    "disclosure": [],
    "document": [],
    "exchange": ["records"],
    "folder": [],
    "pack": ["claims", "folder", "verification"],
    "page": ["claims", "folder", "records"],
    "records": ["disclosure"],
    "running": ["records"],
    "verification": [],
}
SLOW_TO_IMPORT = ["lifelines", "statsmodels", "matplotlib", "pandas", "scipy"]
TOP_LEVEL = {
    *("notebooks", "smmlib", "environment.yml", "params", "reports", "tests", "Makefile"),
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "requirements.lock"),
    *(".ci", "benchmarks", "docs", ".gitignore", ".gitattributes"),
}
LONGEST_CELL = 14


# ---- who imports whom


def module_name(file):
    return ".".join(file.relative_to(PROJECT).with_suffix("").parts)


def imported(file):
    """Modules that a file imports anywhere in it, functions included; names of a package as its submodules."""
    package = module_name(file).split(".")[:-1]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(module, packages):
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def ours(file):
    return [name for name in imported(file) if within(name, ["smmlib"])]


@pytest.mark.parametrize("part", PARTS)
def test_part_imports_only_what_it_may(part):
    allowed = ALLOWED[f"smmlib.{part}"]
    files = sorted((PROJECT / "smmlib" / part).rglob("*.py"))
    assert files
    wrong = [
        f"{module_name(file)} imports {name}" for file in files for name in ours(file) if not within(name, allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize("room", REPORT_ROOMS)
def test_room_of_the_report_imports_only_what_it_may(room):
    allowed = [f"smmlib.report.{name}" for name in (room, *REPORT_ROOMS[room])]
    files = sorted((PROJECT / "smmlib" / "report" / room).glob("*.py"))
    assert len(files) > 1
    wrong = [
        f"{module_name(file)} imports {name}"
        for file in files
        for name in ours(file)
        if within(name, ["smmlib.report"]) and not within(name, allowed)
    ]
    assert wrong == []


def test_every_folder_of_the_report_is_a_room():
    folders = {file.parent.name for file in (PROJECT / "smmlib" / "report").glob("*/__init__.py")}
    assert folders == set(REPORT_ROOMS)


def test_the_package_itself_imports_only_statistics():
    """And, where types are checked, the verbs that are imported when they are first used."""
    allowed = [*ALLOWED["smmlib.__init__"], *(f"{module}.{name}" for name, module in LATER.items())]
    assert [name for name in ours(PROJECT / "smmlib" / "__init__.py") if not within(name, allowed)] == []


def test_importing_the_verbs_loads_nothing_slow():
    script = f"import sys, smmlib; print([name for name in {SLOW_TO_IMPORT} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- the top level


def tracked_files():
    if not shutil.which("git") or not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("git does not read this checkout")
    return listed.stdout.split("\0")[:-1]


def test_top_level_holds_the_allowed_entries_only():
    assert {Path(name).parts[0] for name in tracked_files()} - TOP_LEVEL == set()


@pytest.mark.parametrize("entry", ["notebooks", "smmlib", "environment.yml", "params", "reports", "tests", "Makefile"])
def test_top_level_holds_what_the_reader_looks_for(entry):
    assert (PROJECT / entry).exists()


# ---- notebooks


@cache
def cells(file):
    return json.loads(file.read_text())["cells"]


def code(file):
    return [cell for cell in cells(file) if cell["cell_type"] == "code"]


def source(cell):
    return "".join(cell["source"])


def is_parameters(cell):
    return "parameters" in cell["metadata"].get("tags", [])


@pytest.fixture(params=NOTEBOOKS, ids=lambda file: file.stem)
def notebook(request):
    return request.param


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_notebook_is_committed_without_outputs(notebook):
    left = [source(cell) for cell in code(notebook) if cell["outputs"] or cell["execution_count"]]
    assert left == []


def test_notebook_begins_with_a_title(notebook):
    first = cells(notebook)[0]
    assert first["cell_type"] == "markdown"
    assert source(first).startswith("# ")


def test_notebook_has_one_cell_of_parameters(notebook):
    assert sum(is_parameters(cell) for cell in code(notebook)) == 1


def test_notebook_defines_nothing(notebook):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert [source(cell) for cell in code(notebook) if has(cell, *kinds)] == []


def has(cell, *kinds):
    return any(isinstance(node, kinds) for node in ast.walk(ast.parse(source(cell))))


def test_notebook_reads_files_by_our_readers_only(notebook):
    """No `open`, and nothing of another library that reads: `pandas.read_csv`, `numpy.loadtxt`, `Path.read_text`."""
    words = ("open", "read_csv", "read_parquet", "read_excel", "read_sas", "read_json", "read_text", "load", "loadtxt")
    calls = [
        node for cell in code(notebook) for node in ast.walk(ast.parse(source(cell))) if isinstance(node, ast.Call)
    ]
    assert [ast.unparse(call) for call in calls if ast.unparse(call.func).split(".")[-1] in words] == []


def test_cells_are_short(notebook):
    lengths = {source(cell): len(source(cell).splitlines()) for cell in code(notebook)}
    assert [text for text, length in lengths.items() if length > LONGEST_CELL] == []


def test_last_cell_writes_the_records(notebook):
    assert source(code(notebook)[-1]).strip() == "records.write()"
    assert cells(notebook)[-1]["cell_type"] == "code"


def test_cells_type_no_statistic(notebook):
    """No number but 0 and 1 outside the parameters."""
    typed = [
        node.value
        for cell in code(notebook)
        if not is_parameters(cell)
        for node in ast.walk(ast.parse(source(cell)))
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, complex)) and node.value not in (0, 1)
    ]
    assert typed == []
