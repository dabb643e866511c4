"""The figure of an ensemble's spread."""

import io
import math
from functools import partial

import numpy as np

from smmlib.analysis.claims import claims_by_key
from smmlib.analysis.time_to_event import survival_curves
from smmlib.calibration.cohort_analysis import cohort_analysis_data
from smmlib.display.ensemble_figure import EndpointSpread, Strip, ensemble_figure, is_such_png, write_png
from smmlib.ownership.files import refuse_to_overwrite, write_whole
from smmlib.report.claims.every_cohort import of_every_cohort
from smmlib.stats.comparison.hazard_ratio import hazard_ratio
from smmlib.stats.comparison.subgroups import piecewise_hazard_ratios
from smmlib.stats.survival.restricted_mean import restricted_mean_difference
from smmlib.trial import start_in_words

PERIODS = 3


def endpoints_of_cohort(study, cohort):
    """Curves and hazard ratios of each endpoint that has a run, in one cohort.

    Parameters
    ----------
    study : Study
    cohort : dict of str to DataFrame

    Returns
    -------
    dict of str to (list of SurvivalCurve, list of (str, float))
        The curves of the arm and of the reference; hazard ratios throughout and by period, with the period.
    """
    data = cohort_analysis_data(study, cohort)
    return {endpoint: _one_endpoint(data, endpoint) for endpoint in _endpoints(study)}


def _one_endpoint(data, endpoint):
    study, patients = data.study, data.endpoint(endpoint)
    arm, reference = study.arms.pairs[0]
    of_arm = survival_curves(data, endpoint)
    curves = [of_arm[arm.id], of_arm[reference.id]]
    names = {"arm": arm.label, "reference": reference.label, "entry": patients.entry, "ties": study.analysis.ties}
    observed = patients.time, patients.event, patients.arm == arm.id
    by_period = piecewise_hazard_ratios(*observed, cuts=_cuts(study.analysis), **names)
    periods = [f"{label} {study.time_unit}" for label in by_period.labels]
    ratios = [("throughout", hazard_ratio(*observed, **names))]
    ratios += zip(periods, by_period.hazard_ratios, strict=True)
    return curves, [(label, ratio.value) for label, ratio in ratios]


def _endpoints(study):
    return list(
        dict.fromkeys(run.parameters["endpoint"] for run in study.runs.values() if "endpoint" in run.parameters)
    )


def _cuts(analysis):
    """Times of the axis that part it in about equal periods."""
    last = len(analysis.axis_times) - 1
    places = sorted({round(last * part / PERIODS) for part in range(1, PERIODS)} - {0, last})
    return [analysis.axis_times[place] for place in places]


def spreads_of(study, cohorts):
    """What the figure shows of each endpoint.

    Parameters
    ----------
    study : Study
    cohorts : sequence of dict
        From `endpoints_of_cohort`, one a cohort.

    Returns
    -------
    list of EndpointSpread
    """
    return [_spread(study, endpoint, [cohort[endpoint] for cohort in cohorts]) for endpoint in _endpoints(study)]


def _spread(study, endpoint, of_cohorts):
    rule, arms = study.endpoints[endpoint], study.arms.pairs[0]
    curves = tuple(list(of_arm) for of_arm in zip(*(pair for pair, _ in of_cohorts), strict=True))
    labels = [label for label, _ in of_cohorts[0][1]]
    values = np.array([[value for _, value in ratios] for _, ratios in of_cohorts]).T
    published = [_published_ratio(study, endpoint)] + [None] * (len(labels) - 1)
    return EndpointSpread(
        label=rule.label,
        curve_label=f"{rule.label}: {rule.curve_label[:1].lower()}{rule.curve_label[1:]}",
        time_label=f"{study.time_unit.capitalize()} from {start_in_words(rule)}",
        arms=tuple(arm.label for arm in arms),
        curves=curves,
        points=tuple(_published_points(study, endpoint, arm) for arm in arms),
        ratios=[Strip(*of_strip, "ratio", claim) for *of_strip, claim in zip(labels, values, published, strict=True)],
        mean=_mean_difference(study, curves),
    )


def _mean_difference(study, curves):
    """To the last time of the axis up to which every curve is known."""
    known = min(curve.time[-1] for of_arm in curves for curve in of_arm)
    tau = max(time for time in study.analysis.axis_times if time <= known)
    differences = [restricted_mean_difference(*pair, tau).value for pair in zip(*curves, strict=True)]
    label = f"Restricted mean to {tau:g} {study.time_unit}, difference"
    return Strip(label, np.array(differences), study.time_unit)


def _published_ratio(study, endpoint):
    """Value and limits, which may be two claims."""
    of_ratio = {"endpoint": endpoint, "measure": "hazard_ratio", "variant": ""}
    claims = [claim for of_key in _claims(study, **of_ratio).values() for claim in of_key if not claim.scale]
    value = next((claim.value for claim in claims if claim.value), None)
    limits = next((claim.interval for claim in claims if claim.interval), (math.nan, math.nan))
    return value and (float(value), *map(float, limits))


def _published_points(study, endpoint, arm):
    """Survival at landmarks, and the median where it was reached."""
    points = []
    for key, claims in _claims(study, endpoint=endpoint, arm=arm.id).items():
        value = next((claim.value for claim in claims if claim.value), None)
        if value and key.measure == "survival":
            percent = value.endswith("%")
            points.append((key.at, float(value.rstrip(" %")) / (100 if percent else 1), value))
        if value and key.measure == "median" and value[0].isdigit():
            points.append((float(value), 0.5, f"median {value}"))
    return points


def _claims(study, **fields):
    """Claims about numbers whose keys have these fields, by key."""
    found = {}
    for key, claim in claims_by_key(study):
        if all(getattr(key, name) == value for name, value in fields.items()):
            found.setdefault(key, []).append(claim)
    return found


def figure_file(study, folder):
    """Where the figure of a study's ensemble is drawn: under the study's name.

    Raises
    ------
    NotOursError
        If a file that is no such figure is there.
    """
    file = folder / f"{study.study}.png"
    refuse_to_overwrite([file], is_such_png)
    return file


def make_figure(study, cohorts, file, *, jobs):
    """Draw the spread of an ensemble.

    Parameters
    ----------
    study : Study
    cohorts : sequence of dict of str to DataFrame
        The ensemble.
    file : Path
        From `figure_file`; its folder is made when there is none.
    jobs : int
        Processes.
    """
    found = list(of_every_cohort(partial(endpoints_of_cohort, study), cohorts, jobs))
    note = f"{len(found)} synthetic cohorts that give back every published number (white circles), and their range."
    file.parent.mkdir(parents=True, exist_ok=True)
    figure = ensemble_figure(spreads_of(study, found), axis_times=study.analysis.axis_times, note=note)
    content = io.BytesIO()
    write_png(figure, content)
    write_whole(file, content.getvalue())
