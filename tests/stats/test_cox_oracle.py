"""Cox models that others published (`oracles/cox.json`), each number at the precision to which it was printed."""

import json
from math import log

import pandas as pd
import pytest
from project_files import ORACLES

from smmlib import cox_regression, cox_residuals, hazard_ratio, hazard_ratio_test, proportional_hazards_test
from smmlib.display.formatting import rounded

pytestmark = pytest.mark.oracle

PUBLISHED = json.loads((ORACLES / "cox.json").read_text())
AML = json.loads((ORACLES / "published.json").read_text())["aml"]["data"]
ARMS = {"arm": "arm", "reference": "reference"}


def as_printed(value, printed):
    return rounded(value, len(printed.partition(".")[2]))


def six_patients(ties):
    data = PUBLISHED["six_patients"]["data"]
    return cox_regression(data["time"], data["event"], {"x": data["x"]}, ties=ties)


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_six_patients(ties):
    expected, model = PUBLISHED["six_patients"][ties], six_patients(ties)
    ours = {
        "coefficient": model.coefficients[0],
        "null_log_likelihood": model.null_log_likelihood,
        "log_likelihood": model.log_likelihood,
        "information": model.std_errors[0] ** -2,
    }
    shown = {name: as_printed(value, expected[name]) for name, value in ours.items() if name in expected}
    assert shown == {name: expected[name] for name in shown}


def test_martingale_residuals_of_six_patients():
    expected = PUBLISHED["six_patients"]["efron"]["martingale"]
    residuals = cox_residuals(six_patients("efron"), kind="martingale")
    assert [as_printed(value, printed) for value, printed in zip(residuals, expected, strict=True)] == expected


def test_exact_ties_of_aml():
    expected = PUBLISHED["aml"]["exact"]
    ours = hazard_ratio(AML["time"], AML["event"], AML["nonmaintained"], ties="exact", **ARMS)
    assert as_printed(log(ours.value), expected["coefficient"]) == expected["coefficient"]
    assert as_printed(ours.std_error, expected["std_error"]) == expected["std_error"]


@pytest.mark.parametrize("kind", ["score", "likelihood-ratio", "wald"])
def test_three_tests_of_aml(kind):
    expected = PUBLISHED["aml"]["efron_tests"][kind]
    columns = AML["time"], AML["event"], AML["nonmaintained"]
    model = cox_regression(*columns[:2], {"x": columns[2]})
    by_model = {"score": model.score_test, "likelihood-ratio": model.likelihood_ratio_test, "wald": model.wald_test}
    assert as_printed(hazard_ratio_test(*columns, kind=kind, **ARMS).statistic, expected) == expected
    assert as_printed(by_model[kind].statistic, expected) == expected


@pytest.mark.parametrize("transform", ["km", "rank", "identity"])
def test_proportional_hazards_of_veteran(transform):
    expected, patients = PUBLISHED["veteran"][transform], pd.read_csv(ORACLES / "veteran.csv")
    model = cox_regression(patients["time"], patients["status"], patients[["trt", "karno"]])
    test = proportional_hazards_test(model, transform=transform)
    ours = dict(zip(test.names, zip(test.statistic, test.p_value, strict=True), strict=True))
    ours["global"] = test.global_test.statistic, test.global_test.p_value
    for name, printed in expected.items():
        assert [as_printed(value, text) for value, text in zip(ours[name], printed, strict=True)] == printed


@pytest.mark.parametrize("form", ["plain", "stratified"])
def test_hazard_ratio_of_whas500(form):
    expected, patients = PUBLISHED["whas500"][form], pd.read_csv(ORACLES / "whas500.csv")
    strata = patients["GENDER"] if form == "stratified" else None
    ours = hazard_ratio(patients["LENFOLY"], patients["FSTAT"], 1 - patients["AFB"], strata=strata, **ARMS)
    shown = zip((ours.value, ours.low, ours.high), expected, strict=True)
    assert [as_printed(value, printed) for value, printed in shown] == expected
