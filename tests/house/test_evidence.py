"""Every public verb has a test that holds its numbers against something: read from the tests' own code."""

import ast
from functools import cache

import pytest
from project_files import TESTS

import smmlib

STRONG = {"by_hand", "independent", "other_package", "oracle"}
VERBS = sorted(name for name in smmlib.__all__ if not isinstance(getattr(smmlib, name), type))


def markers(nodes):
    """Names X of every `pytest.mark.X` in the nodes."""
    found = [part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Attribute)]
    return {
        part.attr
        for part in found
        if isinstance(part.value, ast.Attribute) and ast.unparse(part.value) == "pytest.mark"
    }


def module_markers(module):
    """Markers that `pytestmark` gives to every test of a module."""
    assigned = [node for node in module.body if isinstance(node, ast.Assign)]
    return markers(node.value for node in assigned if ast.unparse(node.targets[0]) == "pytestmark")


def names_of_verbs(module):
    """What each imported verb is called in a module: `from smmlib import median_survival as median`."""
    imports = [node for node in module.body if isinstance(node, ast.ImportFrom)]
    aliases = [alias for node in imports if (node.module or "").split(".")[0] == "smmlib" for alias in node.names]
    return {alias.asname or alias.name: alias.name for alias in aliases}


def called(function, verbs):
    """Verbs called in the body of a function, by their imported name or as `smmlib.verb`."""
    calls = [ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {
        verbs.get(name, name.removeprefix("smmlib.")) for name in calls if name in verbs or name.startswith("smmlib.")
    }


@cache
def evidence():
    """For each verb, the markers of the tests that call it directly."""
    found = {verb: set() for verb in VERBS}
    for file in sorted(TESTS.rglob("test_*.py")):
        module = ast.parse(file.read_text())
        of_all, verbs = module_markers(module), names_of_verbs(module)
        tests = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
        for test in tests:
            for verb in called(test, verbs) & found.keys():
                found[verb] |= of_all | markers(test.decorator_list)
    return found


@pytest.mark.parametrize("verb", VERBS)
def test_verb_is_held_against_something(verb):
    assert evidence()[verb] & STRONG, f"{verb} has no test marked {', '.join(sorted(STRONG))} that calls it"


def test_reading_of_the_tests():
    """The rule itself, on a small module: an unmarked call and a stranger of the same name are no evidence."""
    module = ast.parse(
        "import smmlib\n"
        "from reference import kaplan_meier\n"
        "from smmlib import response_rate as rate\n"
        "pytestmark = [pytest.mark.oracle, pytest.mark.skipif(True)]\n"
        "@pytest.mark.parametrize('x', [1])\n"
        "@pytest.mark.by_hand\n"
        "def test_it(x):\n"
        "    rate(1, 2), smmlib.risk_table([], []), kaplan_meier()\n"
    )
    assert module_markers(module) >= {"oracle"}
    assert called(module.body[-1], names_of_verbs(module)) == {"response_rate", "risk_table"}
    assert markers(module.body[-1].decorator_list) == {"parametrize", "by_hand"}
