"""Cohorts from published numbers: the same again to the byte, what a printed number means, and what cannot be made."""

import pytest
from project_files import PROJECT
from published_by_hand import missed_claims, read_rows

from smmlib import calibrate, cohorts
from smmlib.analysis.claims import ClaimError
from smmlib.analysis.keys import Key
from smmlib.calibration.cohort_analysis import cohort_numbers
from smmlib.calibration.command import main, make_cohorts
from smmlib.calibration.ensemble_file import read_cohorts, write_cohorts
from smmlib.calibration.targets import CalibrationError, missed_targets, target, targets_of
from smmlib.errors import SmmlibError
from smmlib.trial.parameters.study import read_study

DATASETS = PROJECT / "smmlib" / "datasets"
QUICKEST = "e3a06-2020"
SYNTHETIC = ("quiredex-2013", "quiredex-2016", "quiredex-2022", "e3a06-2020", "aquila-2025")
KEY = Key("population", "randomised")
TABLES = {"subjects": "adsl.csv", "responses": "adrs.csv", "adverse_events": "adae.csv"}


@pytest.fixture
def params(tmp_path):
    """Write changed parameters to a folder of their own, where their tables would go as well."""

    def write(*changes, study="quiredex-2013"):
        text = (PROJECT / "params" / f"{study}.yaml").read_text(encoding="utf-8")
        made = [(f"  bundled: {study}\n", ""), ("  subjects: adsl.csv", "  subjects: made/adsl.csv")]
        for old, new in (*made, *changes):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file = tmp_path / "study.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def study_of(file):
    return read_study(file, with_files=False)


# ---- the same cohorts, again


@pytest.mark.invariant
@pytest.mark.independent
def test_the_parameters_make_the_committed_cohorts_again_to_the_byte():
    """One study, with as few cohorts of its ensemble as are worth the time; each is measured by the simplest means."""
    study = study_of(PROJECT / "params" / f"{QUICKEST}.yaml")
    made = {name: table.to_csv(index=False) for name, table in calibrate(study).items()}
    assert made == {name: (DATASETS / QUICKEST / TABLES[name]).read_text(encoding="utf-8") for name in made}
    others = cohorts(study, 2, study.synthetic.ensemble.seed)
    for ours, committed in zip(others, read_cohorts(DATASETS / QUICKEST / "ensemble.parquet"), strict=False):
        texts = {name: table.to_csv(index=False) for name, table in ours.items()}
        assert texts == {name: table.to_csv(index=False) for name, table in committed.items()}
        assert missed_claims(study, {name: read_rows(text) for name, text in texts.items()}) == []


@pytest.mark.invariant
@pytest.mark.parametrize("name", SYNTHETIC)
def test_cohorts_of_an_ensemble_give_back_every_claim(name):
    """One in fifty of the two hundred, by the package's own analysis; each was measured when it was made."""
    study = read_study(PROJECT / "params" / f"{name}.yaml")
    kept = list(read_cohorts(DATASETS / name / "ensemble.parquet"))
    assert len(kept) == study.synthetic.ensemble.cohorts >= 200
    for tables in kept[::50]:
        numbers = cohort_numbers(study, tables)
        targets = targets_of(study, numbers)
        assert len(targets) >= len(study.published)
        assert missed_targets(targets, numbers) == []


@pytest.mark.invariant
def test_no_two_cohorts_of_an_ensemble_are_alike():
    ensemble = read_cohorts(DATASETS / QUICKEST / "ensemble.parquet")
    kept = [tables["subjects"].to_csv(index=False) for tables in ensemble]
    assert len(set(kept)) == len(kept)


@pytest.mark.invariant
def test_a_file_of_cohorts_gives_them_back(tmp_path):
    kept = list(read_cohorts(DATASETS / "quiredex-2016" / "ensemble.parquet"))[:3]
    write_cohorts(kept, tmp_path / "few.parquet")
    for before, after in zip(kept, read_cohorts(tmp_path / "few.parquet"), strict=True):
        assert list(before) == list(after) == ["subjects", "adverse_events"]
        assert all(before[name].equals(after[name]) for name in before)


def test_no_cohorts_are_refused():
    with pytest.raises(ValueError, match=r"n is 0: ask for one cohort or more"):
        cohorts(study_of(PROJECT / "params" / f"{QUICKEST}.yaml"), 0, 1)


def test_a_seed_that_is_none_is_refused_before_the_work():
    with pytest.raises(ValueError, match=r"seed is -1: give a whole number, 0 or more"):
        cohorts(read_study(PROJECT / "params" / "e3a06-2020.yaml"), 1, -1)


# ---- what is printed, and the values that print so


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("0.18", 0.17501, 0.18499), ("77%", 0.76501, 0.77499), ("21", 20.501, 21.499), ("<0.001", -0.000999, 0.000999)],
)
def test_target_is_what_rounds_to_the_printed_number_less_a_margin(text, low, high):
    wanted = target(KEY, "value", text)
    assert (wanted.low, wanted.high) == pytest.approx((low, high), abs=1e-12)
    assert wanted.excess(low + 1e-9) == wanted.excess(high - 1e-9) == 0
    assert wanted.excess(2 * high) > 0


@pytest.mark.by_hand
def test_target_with_a_tolerance_is_as_wide_as_it():
    wanted = target(KEY, "value", "86%", "1%")
    assert (wanted.low, wanted.high) == pytest.approx((0.85001, 0.86999), abs=1e-12)
    assert wanted.excess(53 / 62) == 0 < wanted.excess(52 / 62)


@pytest.mark.by_hand
def test_not_reached_is_met_by_no_number():
    wanted = target(KEY, "value", "not reached")
    assert wanted.excess(float("nan")) == 0
    assert wanted.excess(40.0) > 0
    assert target(KEY, "value", "21").excess(float("nan")) > 0


# ---- claims that exclude each other


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        # the middle of 0.34 and 0.74 is 0.5
        (
            'interval: ["0.09", "0.32"]',
            'interval: ["0.34", "0.74"]',
            ["ttp.hazard_ratio.rd_vs_observation 0.18", "0.34 to 0.74", "0.50"],
        ),
        (
            'interval: ["0.09", "0.32"]',
            'interval: ["0.32", "0.09"]',
            ["ttp.hazard_ratio", "0.32 and 0.09", "wrong way round"],
        ),
        (
            'os.logrank, p_value: "0.03"',
            'os.logrank, p_value: "0.60"',
            ["os.logrank.rd_vs_observation P = 0.60", "0.10 to 0.91"],
        ),
        ('os.survival.36.rd, value: "94%"', 'os.survival.36.rd, value: "194%"', ["os.survival.36.rd", "194%"]),
        (
            'ttp.survival.36.observation, value: "30%"',
            'ttp.survival.36.observation, value: "60%"',
            ["ttp.median.observation 21", "ttp.survival.36.observation 60%"],
        ),
        (
            'ttp.survival.36.rd, value: "77%"',
            'ttp.survival.36.rd, value: "37%"',
            ["ttp.median.rd not reached", "ttp.survival.36.rd 37%"],
        ),
        # from 8 November 2007 to 31 August 2012 are 57.8 months
        (
            'population.follow_up, value: "40"',
            'population.follow_up, value: "90"',
            ["population.follow_up 90", "allow 57.8"],
        ),
    ],
    ids=["interval", "limits", "p-value", "above-one", "median", "not-reached", "follow-up"],
)
def test_claims_that_exclude_each_other_are_both_named(params, old, new, named):
    study = study_of(params((old, new)))
    with pytest.raises(CalibrationError, match="claims exclude each other") as refusal:
        calibrate(study)
    assert [text for text in named if text not in str(refusal.value)] == []


@pytest.mark.by_hand
def test_a_wald_test_against_its_interval_is_refused(params):
    file = params(('pfs.wald_test, p_value: "0.002"', 'pfs.wald_test, p_value: "0.40"'), study=QUICKEST)
    with pytest.raises(CalibrationError, match=r"pfs\.wald_test\S* P = 0\.40 and the interval 0\.12 to 0\.62"):
        calibrate(study_of(file))


@pytest.mark.by_hand
def test_survival_that_rises_is_refused(params):
    file = params(('survival.24.observation, value: "76%"', 'survival.24.observation, value: "96%"'), study=QUICKEST)
    with pytest.raises(
        CalibrationError, match=r"pfs\.survival\.12\.observation 89% and pfs\.survival\.24\.observation 96%"
    ):
        calibrate(study_of(file))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (
            "died: {arm: 4, reference: 17}",
            "died: {arm: 4, reference: 13}",
            ["os.hazard_ratio.rd_vs_observation 0.31", "4 and 13 events"],
        ),
        ("progressed: {arm: 13, ", "progressed: {arm: 12, ", ["ttp.events.rd", "claimed to be 13", "makes it 12"]),
        ('population.randomised, value: "125"', 'population.randomised, value: "126"', ["126", "makes it 125"]),
        ('induction.rate.rd, value: "79%"', 'induction.rate.rd, value: "70%"', ["response.induction.rate.rd", "70%"]),
        ("    os: {arm:", "    oss: {arm:", ["synthetic.curves has none of overall survival", "curves.oss"]),
    ],
    ids=["too-few-deaths", "events", "patients", "responses", "no-course"],
)
def test_design_and_claims_that_contradict_each_other_are_refused_at_once(params, old, new, named):
    study = study_of(params((old, new)))
    with pytest.raises(CalibrationError, match="contradict each other") as refusal:
        calibrate(study)
    assert [text for text in named if text not in str(refusal.value)] == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("progressed: {arm: 13, ", "progressed: {arm: 58, ", "progressed.arm is 58, but analysed.arm only 57"),
        ("data_cutoff: 2012-08-31", "data_cutoff: 2010-01-31", "must follow each other"),
        ("MR: 3, SD: 8, NE: 1}", "MR: 3, SD: 9, NE: 1}", "responses.induction adds up to 58"),
        ("study_id: QUIREDEX-SYNTHETIC", "study_id: QUIREDEX", "SYNTHETIC"),
        ("  seed: 4\n", "  sead: 4\n", "sead"),
        ("died_without_progression: {arm: 2,", "died_without_progression: {arm: 5,", "but died.arm only 4"),
        ("  exclusion_reason: Did not meet the eligibility criteria\n", "", "give the exclusion_reason"),
        ("through: [36, 0.94]", "through: [36, 94]", "between 0 and 1"),
        ("cohorts: 200", "cohorts: 20", "cohorts: is 20, but must be 200 or more"),
        (
            "    - {id: observation, value: Observation,",
            "    - {id: none, value: None, label: None, name: none}\n    - {id: observation, value: Observation,",
            r"synthetic: makes patients of two arms, but arms\.levels has 3, rd, none, observation: leave it out",
        ),
        ("  responses: adrs.csv\n", "", r"synthetic\.responses: makes responses, so response and data\.responses must"),
        (
            "  - {id: induction, label",
            "  - {id: first, label",
            r"synthetic\.treatment: has induction, which is not",
        ),
    ],
)
def test_design_that_contradicts_itself_is_refused(params, old, new, named):
    with pytest.raises(SmmlibError, match=named):
        study_of(params((old, new)))


SHORT = ("search: {steps: [20000, 160000, 20000], attempts: 3}", "search: {steps: [1, 1, 1], attempts: 1}")


def test_claim_that_is_missed_is_named_and_nothing_is_written(params, capsys):
    file = params(SHORT)
    assert main([str(file), "--jobs", "1"]) == 1
    assert "os.hazard_ratio.rd_vs_observation: wanted 0.31 (0.30501 to 0.31499), got 0." in capsys.readouterr().err
    assert sorted(path.name for path in file.parent.iterdir()) == ["study.yaml"]


def test_parameters_that_cannot_be_read_are_told(params, capsys):
    assert main([str(params(("  seed: 4\n", "  sead: 4\n"))), "--jobs", "1"]) == 2
    assert "sead" in capsys.readouterr().err


def test_study_of_patients_is_left_alone():
    study = PROJECT / "params" / "freireich-1963.yaml"
    assert make_cohorts(study) == []
    with pytest.raises(CalibrationError, match="freireich-1963 has no `synthetic` part"):
        calibrate(study_of(study))


def test_claim_about_a_number_that_the_study_does_not_have_is_told_with_its_line_and_the_nearest(params, capsys):
    file = params(("number: ttp.median.rd,", "number: tpp.median.rd,"), SHORT)
    with pytest.raises(ClaimError, match=r"no number 'tpp\.median\.rd'; near to it are ttp\.median\.rd"):
        calibrate(study_of(file))
    assert main([str(file), "--jobs", "1"]) == 2
    line = 1 + ["tpp" in text for text in file.read_text(encoding="utf-8").splitlines()].index(True)
    assert f"study.yaml:{line}: published.6.number: there is no number 'tpp.median.rd'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ('{number: ttp.at_risk.12.rd, value: "50"', r"ttp\.at_risk\.12\.rd"),
        ('{number: ttp.hazard_ratio.stratified, value: "0.18"', r"ttp\.hazard_ratio\.stratified\.rd_vs_observation"),
        ('{number: ttp.logrank, statistic: "30.1"', r"ttp\.logrank\.rd_vs_observation statistic"),
        ('{number: ttp.survival.36.rd, interval: ["60%", "90%"]', r"ttp\.survival\.36\.rd low"),
        ('{number: population.follow_up, interval: ["36", "44"]', r"population\.follow_up low"),
    ],
)
def test_claim_that_the_search_cannot_aim_at_is_named(params, claim, named):
    old = "  - {number: ttp.median.rd, value: not reached"
    with pytest.raises(CalibrationError, match=f"the search cannot aim at a claim on {named}: between the arms"):
        calibrate(study_of(params((old, f"  - {claim}"), SHORT)))


def test_claim_about_a_stratum_is_held_against_the_cohort(params):
    """Its level is known from the tables alone, so it is checked when there are some."""
    old = "  - {number: ttp.median.rd, value: not reached"
    level = "population.stratum(STRAT1R: <= 6 months).rd"
    file = params((old, f'  - {{number: "{level}", value: "57"'), SHORT)
    study = study_of(file)
    cohort = next(read_cohorts(DATASETS / "quiredex-2013" / "ensemble.parquet"))
    numbers = cohort_numbers(study, cohort)
    assert [line for line in missed_targets(targets_of(study, numbers), numbers) if level in line]
    assert level not in [each.name for each in targets_of(study).values()]
