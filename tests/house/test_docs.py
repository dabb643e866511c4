"""What README and docs show runs as it stands, names that they give exist, and their links lead somewhere."""

import ast
import re
import runpy
from importlib import import_module

import pytest
import yaml
from project_files import DATASETS, PROJECT
from test_evidence import VERBS

from smmlib import analysis_data
from smmlib.analysis import claims_by_key, study_numbers
from smmlib.trial import derive, read_study
from smmlib.trial.parameters import testing_plan
from smmlib.trial.parameters.adverse_events import Safety
from smmlib.trial.parameters.analysis_plan import Analysis, merged
from smmlib.trial.parameters.arms import Arms
from smmlib.trial.parameters.claim import Claim
from smmlib.trial.parameters.covariates import Characteristic, ExposureMeasure, Subgroup
from smmlib.trial.parameters.endpoint_rules import EndpointLike, RecordedEndpoint, completed
from smmlib.trial.privacy import names_of

pytestmark = pytest.mark.by_hand

DOCS = PROJECT / "docs"
PAGES = [*(PROJECT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")), *sorted(DOCS.glob("*.md"))]
RUNNABLE = ["README.md"]
RUNNABLE += [f"docs/{name}.md" for name in ("verbs", "running", "awkward-example", "digitising", "reconstruction")]
NEEDS_A_FILE_OF_ONES_OWN = ("figure-2.svg",)
SCRIPTS = sorted([*DOCS.rglob("*.py"), *(PROJECT / "benchmarks").rglob("*.py")])
PARTS_OF_DOCS = ("baseline", "subgroups", "safety", "exposure")
LONGEST_README = 120


def text_of(page):
    return page.read_text(encoding="utf-8")


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", text_of(page), re.DOTALL)


def executed(page, monkeypatch):
    """The names that the Python blocks of a page leave, one run after the other in the project's folder."""
    monkeypatch.chdir(PROJECT)
    names = {}
    for block in blocks(page, "python"):
        if not any(file in block for file in NEEDS_A_FILE_OF_ONES_OWN):
            exec(compile(block, str(page), "exec"), names)
    return names


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_what_a_script_imports_is_there(script):
    wanted = [node for node in ast.walk(ast.parse(text_of(script))) if isinstance(node, ast.ImportFrom)]
    names = [
        (node.module, alias.name) for node in wanted if (node.module or "").startswith("smmlib") for alias in node.names
    ]
    assert [name for module, name in names if not hasattr(import_module(module), name)] == []


def test_the_figure_of_freireich_is_what_its_script_draws(tmp_path):
    runpy.run_path(str(DOCS / "curves-example" / "draw.py"))["draw"](tmp_path / "remission.svg")
    assert (tmp_path / "remission.svg").read_bytes() == (DATASETS / "freireich-1963" / "remission.svg").read_bytes()


def test_readme_is_short():
    assert len(text_of(PROJECT / "README.md").splitlines()) < LONGEST_README


def test_example_of_the_readme_gives_what_it_says(monkeypatch):
    """Medians and log-rank test as in Kleinbaum & Klein; the Cox coefficient is 1.572 the other way round."""
    made = executed(PROJECT / "README.md", monkeypatch)
    assert [median.value for median in made["medians"]] == [23, 8]
    assert made["test"].statistic == pytest.approx(16.79, abs=0.005)
    ratio = made["ratio"]
    assert ratio.value == pytest.approx(2.718281828**-1.572, abs=0.0005)
    assert "Cox model: 0.21 (0.09 to 0.47)" in text_of(PROJECT / "README.md")
    assert (round(ratio.value, 2), round(ratio.low, 2), round(ratio.high, 2)) == (0.21, 0.09, 0.47)
    assert made["at_risk"]["at_risk"].tolist() == [21, 15, 8, 4, 21, 8, 2, 0]


@pytest.mark.parametrize("name", RUNNABLE)
def test_python_of_a_page_runs(name, monkeypatch, capsys):
    assert len(executed(PROJECT / name, monkeypatch)) > 1


@pytest.mark.parametrize("page", ["verbs.md", "evidence.md"])
def test_every_verb_is_on_the_page(page):
    named = set(re.findall(r"`(\w+)", text_of(DOCS / page)))
    named |= {f"restricted_mean{ending}" for ending in ("_difference", "_ratio")} if page == "evidence.md" else set()
    named |= {"stratified_rate_ratio"} if page == "evidence.md" else set()  # "stratified_rate_difference, _ratio"
    assert set(VERBS) - named == set()


def test_arms_and_claims_of_the_pages_are_read():
    found = [yaml.safe_load(block) for block in blocks(DOCS / "parameters.md", "yaml")]
    (published,) = (yaml.safe_load(block) for block in blocks(DOCS / "numbers.md", "yaml"))
    arms = found[0]
    baseline, subgroups, safety, exposure = (next(part for part in found if name in part) for name in PARTS_OF_DOCS)
    assert [ExposureMeasure.model_validate(each).table for each in exposure["exposure"]] == ["subjects", "exposure"]
    assert Safety.model_validate(safety["safety"]).treatment.days_after == 30
    assert [Characteristic.model_validate(each).is_continuous for each in baseline["baseline"]] == [True] * 2 + [
        False
    ] * 2
    assert [Subgroup.model_validate(each).is_continuous for each in subgroups["subgroups"]] == [True, False]
    assert [(arm.id, reference.id) for arm, reference in Arms.model_validate(arms["arms"]).pairs] == [
        ("high", "placebo"),
        ("low", "placebo"),
    ]
    study = read_study(PROJECT / "params" / "quiredex-2013.yaml")
    claims = [Claim.model_validate(claim) for claim in published["published"]]
    numbers = study_numbers(derive(study))
    found = claims_by_key(study.model_copy(update={"published": claims}), numbers)
    assert [round(numbers[key].value, 2) for key, _ in found] == [0.31, 0.94, 53]


def test_what_is_declared_on_the_page_is_read():
    declared = next(block for block in blocks(DOCS / "parameters.md", "yaml") if block.startswith("analysis:"))
    parts = yaml.safe_load(declared)
    assert set(parts["analysis"]) == set(Analysis.model_fields) - {"baseline_p_values"}
    analysis = Analysis.model_validate(parts["analysis"])
    endpoint = completed(EndpointLike.model_validate(parts["endpoints"]["os"]))
    assert merged(analysis, endpoint.analysis).landmarks == [60]
    assert merged(analysis, endpoint.analysis).restricted_mean == [36]


def test_testing_procedures_of_the_page_are_read():
    found = [yaml.safe_load(block) for block in blocks(DOCS / "parameters.md", "yaml")]
    declared = [testing_plan.Testing.model_validate(block["testing"]) for block in found if "testing" in block]
    plain, in_families, as_graph = declared
    assert (plain.procedure, plain.order) == ("fixed-sequence", ["pfs", "os"])
    assert [family.label for family in in_families.families] == ["Primary", "Secondary"]
    assert sum(as_graph.weights.values()) == 1
    assert all(sum(row.values()) == 1 for row in as_graph.transitions.values())


def test_competing_events_of_the_page_are_read():
    declared = next(block for block in blocks(DOCS / "parameters.md", "yaml") if "competing:" in block)
    endpoints = yaml.safe_load(declared)["endpoints"]
    by_dates = completed(EndpointLike.model_validate(endpoints["ttp"]))
    assert (by_dates.ends_observation, list(by_dates.competing)) == ({}, ["DTHDT"])
    assert list(RecordedEndpoint.model_validate(endpoints["relapse"]).competing) == ["2", "Second cancer"]


def test_names_of_numbers_are_those_of_the_bundled_studies():
    """The first full name of each row of the page's table; `rd` stands for any arm, `induction` for any visit."""
    page = text_of(DOCS / "numbers.md")
    table = page[page.index("## Names of numbers") :]
    names = re.findall(r"`((?:population|ttp|response)\.[^`]+)`", table)
    known = set()
    for name in ("quiredex-2013", "quiredex-2016"):
        known |= {key.name for key in study_numbers(derive(read_study(PROJECT / "params" / f"{name}.yaml")))}
    not_there = {name for name in names if name not in known}
    assert len(names) >= 20
    assert not_there == {
        "population.counted_in(safety: observation).rd",  # where patients received another treatment
        "population.exclusion(withdrew consent).rd",  # reasons are the trial's own
        "ttp.reason(death).rd",
        "response.best.rate_difference.rd_vs_observation",  # where both arms are reported
        "response.best.rate_difference.stratified.rd_vs_observation",
        "response.passed_over(on or before the start).rd",
        "ttp.hazard_ratio",  # the short name of a comparison
    }


def test_analysis_data_of_the_example_are_as_the_page_tells(tmp_path):
    """Randomisation on day 0 to the day that the page's table has: EX-05 was last seen alive on day 486."""
    study_file = DOCS / "example" / "example.yaml"
    data = analysis_data(study_file, tmp_path)
    (name,) = names_of(data.study, ["EX-05"])
    rows = data.times[(data.times["endpoint"] == "overall-survival") & (data.times["patient"] == name)]
    assert [(row.end - row.start).days for row in rows.itertuples()] == [486]
    assert rows["time"].tolist() == [pytest.approx(486 / (365.25 / 12), rel=1e-14)]
    assert rows["event"].tolist() == [False]
    assert rows["arm"].tolist() == ["new"]


def anchors(page):
    """Of each heading, as a page in the repository's browser has it."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", text_of(page))
    for link in links:
        if link.startswith("http"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


PATHS = re.compile(r"`((?:smmlib|tests|docs|params|notebooks|benchmarks)/[\w./-]+)`")


def test_files_that_contributing_names_are_there():
    named = PATHS.findall(text_of(PROJECT / "CONTRIBUTING.md"))
    assert len(named) > 20
    assert [name for name in named if not (PROJECT / name).exists()] == []
