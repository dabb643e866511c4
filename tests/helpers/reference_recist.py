"""Best overall response by RECIST 1.1, second and obvious: every pair of visits is tried, a rule at a time.

Visits are a dict of day to recorded response. Nothing here is taken from `smmlib.trial.response.recist`.
"""

from itertools import combinations

RULES = {
    "required": True,
    "days": 28,
    "stable_days": 42,
    "stable_between": True,
    "partial_after_complete": "progression",
}


def as_read(visits, rules):
    """Pairs of day and response in order, cut after PD; disease after CR is PD, or makes an unconfirmed CR a PR."""
    seen = sorted(visits.items())
    for place, (day, response) in enumerate(seen):
        before = [earlier for earlier, one in seen[:place] if one == "CR"]
        if response == "PD":
            return seen[: place + 1]
        if response in ("PR", "SD", "NON-CR/NON-PD") and before:
            pairs = [late - early for early, late in combinations(before, 2)]
            confirmed = not rules["required"] or any(gap >= rules["days"] for gap in pairs)
            if response == "PR" and rules["partial_after_complete"] == "partial-response" and not confirmed:
                changed = dict.fromkeys(before, "PR")
                return as_read(visits | changed, rules)
            return [*seen[:place], (day, "PD")]
    return seen


def reference_best(visits, *, stop=None, baseline=True, rules=RULES):
    """Best overall response: category, its first day, and the day that confirms it.

    Parameters
    ----------
    visits : dict of int to str
        Recorded response by day from the start.
    stop : int, optional
        Day on which new therapy began.
    baseline : bool
    rules : dict
        As `RULES`.

    Returns
    -------
    tuple of (str, int or None, int or None)
    """
    kept = {day: one for day, one in visits.items() if day > 0 and (stop is None or day < stop)} if baseline else {}
    seen = as_read(kept, rules)
    for wanted, enough in (("CR", ("CR",)), ("PR", ("CR", "PR"))):
        for place, (day, response) in enumerate(seen):
            if response != wanted:
                continue
            if not rules["required"]:
                return wanted, day, None
            for later in range(place + 1, len(seen)):
                between = {one for _, one in seen[place + 1 : later]}
                broken = between & {"SD", "NON-CR/NON-PD"} and not rules["stable_between"]
                if seen[later][1] in enough and seen[later][0] >= day + rules["days"] and not broken:
                    return wanted, day, seen[later][0]
    lasting = [(day, one) for day, one in seen if one not in ("NE", "PD") and day >= rules["stable_days"]]
    if lasting:
        neither = {one for _, one in lasting} == {"NON-CR/NON-PD"}
        return "NON-CR/NON-PD" if neither else "SD", lasting[0][0], None
    if seen and seen[-1][1] == "PD":
        return "PD", seen[-1][0], None
    return "NE", None, None
