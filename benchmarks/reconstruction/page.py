"""The tables of docs/reconstruction.md, put between the page's markers."""

from pathlib import Path
from statistics import fmean, median

from benchmarks.reconstruction.conditions import CONDITIONS, GOOD
from benchmarks.reconstruction.flat_tail import flat_tail
from benchmarks.reconstruction.methods import GUYOT, METHODS, OPTIMISED, PLAIN

PAGE = Path(__file__).parents[2] / "docs" / "reconstruction.md"
OURS = (PLAIN, GUYOT, OPTIMISED)
SIX = ("colon", "lung", "veteran", "gbsg", "rossi", "freireich")


def write_page(trials, results, tails, covered):
    """Replace what stands between each pair of markers; the tables are returned too."""
    parts = {
        "goals": goals(results),
        "seconds": seconds(results),
        "ratios by trial": ratios_by_trial(trials, results),
        "times by trial": times_by_trial(trials, results),
        "ratios by condition": ratios_by_condition(trials, results),
        "times by condition": times_by_condition(results),
        "tail": of_tails(tails),
        "ensembles": of_ensembles(covered),
    }
    text = PAGE.read_text()
    for name, part in parts.items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition(f"<!-- end of {name} -->\n")
        text = f"{before}<!-- {name} -->\n{part}\n<!-- end of {name} -->\n{after}"
    PAGE.write_text(text)
    return "\n\n".join(parts.values())


def select(results, method, condition=None, trials=None):
    """The errors of one method, under one condition and of the named trials if these are given."""
    return [
        one.errors
        for one in results
        if one.method == method
        and (condition is None or one.condition == condition)
        and (trials is None or one.trial in trials)
    ]


def goals(results):
    """Over the six sets for which a plain Guyot's errors were known beforehand, and over all, under good terms."""
    rows = []
    for name, trials in (("six", SIX), ("all", None)):
        for method in METHODS:
            rows.append([f"{name}, {method}", *_summary(select(results, method, GOOD.label, trials))])
    worst = [f"{measure}, worst" for measure in ("RMST", "events", "SE")]
    head = ["data sets and method", "log HR, median", "log HR, worst", "S(t) at the points", "S(t)"]
    return table([*head, *worst], rows)


def _summary(found):
    ratios = [one.log_hazard_ratio for one in found]
    return [
        f"{median(ratios):.4f}",
        f"{max(ratios):.4f}",
        f"{median(one.at_points for one in found):.4f}",
        f"{median(one.survival for one in found):.4f}",
        percent(max(one.restricted_mean for one in found)),
        percent(max(one.events for one in found)),
        percent(max(one.std_error for one in found)),
    ]


def seconds(results):
    """One sentence: how long the default takes an arm."""
    taken = [one.seconds / 2 for one in results if one.method == OPTIMISED]
    middle, most = median(taken), max(taken)
    return f"The default takes {middle:.1f} seconds an arm, and never more than {most:.1f} over all that follows."


def ratios_by_trial(trials, results):
    """Each data set under good terms: the hazard ratio and the curve; the ratio over all conditions too."""
    rows = []
    for trial, arms in trials.items():
        found = [select(results, method, GOOD.label, [trial])[0] for method in METHODS]
        rows.append(
            [
                trial,
                " + ".join(f"{arm.events}/{arm.patients}" for arm in arms),
                *(f"{one.log_hazard_ratio:.4f}" for one in found),
                *(f"{one.survival:.4f}" for one in found),
                *(f"{_mean_ratio(results, method, trial):.4f}" for method in (PLAIN, OPTIMISED)),
            ]
        )
    over_all = heads("log HR, mean of all conditions", (PLAIN, OPTIMISED))
    return table(["data set", "events/patients", *heads("log HR", METHODS), *heads("S(t)", METHODS), *over_all], rows)


def _mean_ratio(results, method, trial):
    return fmean(one.log_hazard_ratio for one in select(results, method, trials=[trial]))


def times_by_trial(trials, results):
    """Each data set under good terms: restricted mean, median and number of events."""
    rows = []
    for trial in trials:
        found = [select(results, method, GOOD.label, [trial])[0] for method in OURS]
        rows.append(
            [
                trial,
                *(percent(one.restricted_mean) for one in found),
                *(percent(one.median) for one in found),
                *(percent(one.events) for one in found),
            ]
        )
    measures = ("RMST", "median", "events")
    return table(["data set", *(head for measure in measures for head in heads(measure, OURS))], rows)


def ratios_by_condition(trials, results):
    """Each condition over all data sets: the hazard ratio, and on how many the default is behind plain Guyot."""
    rows = []
    for terms in CONDITIONS:
        found = {method: _ratios(results, method, terms.label) for method in METHODS}
        cells = [_median_and_worst(ratios.values()) for ratios in found.values()]
        ours = found[OPTIMISED]
        behind = sum(ratio > found[PLAIN][trial] + 0.001 for trial, ratio in ours.items())
        rows.append([terms.label, *cells, str(behind), str(len(trials) - len(ours))])
    return table(["condition", *heads("log HR", METHODS), "behind plain", "refused"], rows)


def _ratios(results, method, condition):
    """Error of the log hazard ratio by trial."""
    chosen = [one for one in results if (one.method, one.condition) == (method, condition)]
    return {one.trial: one.errors.log_hazard_ratio for one in chosen}


def _median_and_worst(ratios):
    return f"{median(ratios):.4f} ({max(ratios):.3f})" if ratios else ""


def times_by_condition(results):
    """Each condition over all data sets: curve, restricted mean, number of events."""
    rows = []
    for terms in CONDITIONS:
        found = [select(results, method, terms.label) for method in OURS]
        rows.append(
            [
                terms.label,
                *(f"{median(one.survival for one in every):.4f}" for every in found),
                *(percent(median(one.restricted_mean for one in every)) for every in found),
                *(percent(max(one.events for one in every)) for every in found),
            ]
        )
    measures = ("S(t)", "RMST", "events, worst")
    return table(["condition", *(head for measure in measures for head in heads(measure, OURS))], rows)


def heads(measure, methods):
    return [f"{measure}, {method}" for method in methods]


def of_tails(tails):
    """Deaths of the flat-tail curve: how many in all, and how many after the last real one."""
    rows = [
        [printed, *(f"{found[method][0]}, of them {found[method][1]} in the tail" for method in OURS)]
        for printed, found in tails.items()
    ]
    return table([f"printed beside the curve ({flat_tail().events} deaths)", *OURS], rows)


def of_ensembles(covered):
    """How often the range of an ensemble holds the true log hazard ratio."""
    rows = [[one.condition, f"{one.inside} of {one.trials}", f"{one.width:.3f}", percent(one.share)] for one in covered]
    head = ["printed beside the curve", "true hazard ratio inside", "width, log HR", "variance between to within"]
    return table(head, rows)


def percent(share):
    return f"{100 * share:.2f} %"


def table(head, rows):
    """A Markdown table; the first column is text."""
    rule = [":--", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])
