"""Response in subgroups by pandas, scipy and statsmodels."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from smmlib.analysis.keys import Key
from smmlib.report.verification.response import rates_compared
from smmlib.report.verification.subgroups import groups
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present

Number = tuple[Key, str, float, str]


def response_subgroup_numbers(data: AnalysisData) -> Iterator[Number]:
    """Patients and responders of each subgroup, odds ratios with their limits, and tests of interaction."""
    study = data.study
    rows = data.responses.merge(data.subjects.drop(columns="arm"), on="patient", how="left")
    rows = rows.assign(responded=rows["response"].isin(study.response_scale.responders).astype(float))
    for visit in present(study.response).visits:
        of_visit = rows[rows["visit"] == visit.id]
        for subgroup in (None, *study.subgroups):
            grouped = of_visit.assign(group=groups(of_visit, subgroup)).dropna(subset="group")
            about = {"section": "response_subgroups", "phase": visit.id}
            yield from _of_variable(study, grouped, {**about, "factor": subgroup.variable if subgroup else ""})


def _of_variable(study: Study, grouped: pd.DataFrame, about: dict[str, Any]) -> Iterator[Number]:
    counts = grouped.groupby(["group", "arm"])["responded"].agg(["sum", "size"])
    places = zip(counts.index.tolist(), counts.to_numpy().tolist(), strict=True)
    for (level, arm), (responders, patients) in places:
        part = {**about, "arm": arm, "level": level}
        yield Key(measure="patients", **part), "value", patients, "pandas"
        yield Key(measure="responders", **part), "value", responders, "pandas"
    for arm, reference in study.response_pairs:
        pair = {**about, "arm": arm.id, "reference": reference.id}
        for level in grouped["group"].unique():
            if {(level, arm.id), (level, reference.id)} <= set(counts.index):
                table = [int(count) for one in (arm, reference) for count in counts.loc[(level, one.id)]]
                yield from rates_compared(study, {**pair, "level": str(level)}, table)
        if about["factor"]:
            yield from _interaction(grouped[grouped["arm"].isin([arm.id, reference.id])], pair)


def _interaction(rows: pd.DataFrame, pair: dict[str, Any]) -> Iterator[Number]:
    """The deviance without the product, where of each arm in each subgroup some responded and some did not."""
    cells = pd.crosstab([rows["group"], rows["arm"]], rows["responded"]).reindex(columns=[1.0, 0.0], fill_value=0)
    groups_there = cells.index.get_level_values("group")
    if (cells == 0).any(axis=None) or groups_there.nunique() < 2 or len(cells) < 2 * groups_there.nunique():
        return
    arm = (cells.index.get_level_values("arm") == pair["arm"]).astype(float)
    columns = np.column_stack([arm, pd.get_dummies(groups_there).to_numpy(dtype=float)])
    deviance = GLM(cells.to_numpy(dtype=float), columns, family=Binomial()).fit(tol=1e-14, maxiter=200).deviance
    key = Key(measure="interaction_test", **pair)
    yield key, "statistic", float(deviance), "statsmodels"
    yield key, "p_value", float(chi2.sf(deviance, groups_there.nunique() - 1)), "scipy"
