"""Every public name shows an example in its docstring, and every example of the package gives what it says.

Each is run as somebody would paste it into a new session in the project's folder, so that it imports what it needs.
What an example gives is known by hand, from a publication or from another program: the words before it say which.
"""

import ast
import doctest
import inspect
import re
import subprocess
import sys
import warnings

import pytest
from project_files import PROJECT

import smmlib
from smmlib import analysis, trial
from smmlib.trial.analysis_files import FOLDER_VARIABLE

pytestmark = pytest.mark.by_hand

WITHOUT = {
    "smmlib.analysis.ClaimError",  # an error, which nobody makes
    "smmlib.trial.Study",  # its docstring is a part of params/schema.json
}
MODULES = (smmlib, analysis, trial)
EXPORTED = {f"{module.__name__}.{name}": getattr(module, name) for module in MODULES for name in module.__all__}
VERBS = sorted(EXPORTED.keys() - WITHOUT)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SKIPPED = "SKIP"


def examples_of(thing, name="it"):
    """The examples of one docstring, to be run with nothing imported yet; None where there are none."""
    (found,) = doctest.DocTestFinder(recurse=False, exclude_empty=False).find(thing, name, globs={})
    return found if found.examples else None


def failures(examples):
    """What the examples give instead of what they say; empty where they are right. A warning is an error."""
    said = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        doctest.DocTestRunner(optionflags=OPTIONS).run(examples, out=said.append)
    return "".join(said)


def documented(file):
    """The classes and functions of a file whose docstrings have examples, and the file itself where its own has."""
    things = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, things)]
    return {getattr(node, "name", file.name) for node in nodes if ">>>" in (ast.get_docstring(node) or "")}


def test_all_public_names_are_looked_at():
    assert {name for name in smmlib.__all__ if f"smmlib.{name}" in VERBS} == set(smmlib.__all__)
    assert EXPORTED.keys() > WITHOUT


@pytest.mark.parametrize("name", VERBS)
def test_example_gives_what_it_says(name, monkeypatch):
    monkeypatch.chdir(PROJECT)
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    thing = EXPORTED[name]
    sections = inspect.getdoc(thing).partition("\nExamples\n--------\n")
    examples = examples_of(thing, name)
    assert ">>> " in sections[2], f"{name} has no section Examples with an example: see CONTRIBUTING.md, A verb"
    assert SKIPPED not in sections[2], f"{name} has an example that is not run"
    assert failures(examples) == ""


def test_examples_are_all_run():
    files = sorted((PROJECT / "smmlib").rglob("*.py"))
    shown = set().union(*(documented(file) for file in files))
    assert shown - {name.rpartition(".")[2] for name in VERBS} == set()


def test_examples_come_last():
    """Numpy's order of the sections, in which whoever scrolls to the end finds them."""
    after = {name: inspect.getdoc(EXPORTED[name]).partition("\nExamples\n--------\n")[2] for name in VERBS}
    assert [name for name, text in after.items() if "\n---" in text] == []


# ---- what help says of the package


def by_subject():
    """The names that the docstring of the package has under each subject."""
    subjects = re.findall(r"^(\w[\w ]*)\n((?: {4}.+\n)+)", smmlib.__doc__, re.MULTILINE)
    return {subject: re.findall(r"\w+", names) for subject, names in subjects}


def test_package_lists_every_verb_once_and_every_result():
    verbs = [name for names in by_subject().values() for name in names]
    results = {name for name in smmlib.__all__ if getattr(smmlib, name).__module__ == "smmlib.stats.results"}
    assert sorted([*verbs, *results]) == sorted(smmlib.__all__)
    assert [name for name in results if name not in smmlib.__doc__] == []


def test_package_and_page_have_the_same_verbs_under_the_same_subjects():
    page = (PROJECT / "docs" / "verbs.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", page, re.MULTILINE))
    for subject, names in by_subject().items():
        assert [name for name in names if f"`{name}" not in sections[subject]] == []


def test_verbs_are_completed_and_described_before_they_are_loaded():
    """Those that are imported when first asked for, too; in a process of its own, where nothing has been."""
    ask = "import smmlib; print(*dir(smmlib)); import pydoc; print(pydoc.render_doc(smmlib, renderer=pydoc.plaintext))"
    said = subprocess.run([sys.executable, "-c", ask], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    completed, _, described = said.partition("\n")
    assert set(smmlib.__all__) <= set(completed.split())
    assert [
        name for name in smmlib.__all__ if f"\n    {name}(" not in described and f"class {name}(" not in described
    ] == []


# ---- the rule


def right():
    """
    >>> right.__name__
    Traceback (most recent call last):
    NameError: name 'right' is not defined
    >>> 1 / 4
    0.25
    """


def wrong():
    """
    >>> 1 / 4
    0.26
    """


def warned():
    """
    >>> import warnings
    >>> warnings.warn("this is old", DeprecationWarning)
    """


def test_the_rule_itself():
    """An example sees nothing but what it imports; a wrong number and a warning are told."""
    assert failures(examples_of(right)) == ""
    assert "Got:\n    0.25" in failures(examples_of(wrong))
    assert "DeprecationWarning: this is old" in failures(examples_of(warned))
    assert examples_of(documented) is None
