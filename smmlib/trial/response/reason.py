"""Why an assessment has its category, in words: the values that decided, and what was missing for a better one."""

from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from smmlib.trial.present import present
from smmlib.trial.response.imwg import (
    REDUCTION,
    RISE_FRACTION,
    Assessment,
    deciding_markers,
    followed_markers,
    marker_values,
    measurable,
    ratio_is_normal,
)
from smmlib.trial.response.sequence import Judged

MARKER_WORDS = {  # name and unit
    "serum": ("serum M-protein", " g/L"),
    "urine": ("urine", " mg/24 h"),
    "light_chains": ("involved minus uninvolved light chains", " mg/L"),
    "marrow": ("marrow plasma cells", "%"),
}
# A percentage is not rounded up to one of these: 89.6% is not the 90% that a VGPR takes.
LIMITS = {
    round(100 * limit) for limit in [1, RISE_FRACTION, *(x for part in REDUCTION.values() for x in part.values())]
}
DEEP = ("sCR", "CR", "VGPR")


def reason(judged: Judged, baseline: Assessment | None) -> str:
    """The values that decided on one assessment, as a phrase.

    Parameters
    ----------
    judged : Judged
    baseline : Assessment or None

    Returns
    -------
    str
        "serum M-protein 30 to 2 g/L (93% less), urine 80 mg/24 h, immunofixation positive".
    """
    judgement, values = judged.judgement, judged.judgement.values
    if not values:
        return "no baseline" if baseline is None else "nothing measurable at baseline"
    missing = " and ".join(MARKER_WORDS.get(name, (name,))[0] for name in judgement.missing)
    if judgement.category == "NE":
        return f"{missing} missing"
    if judgement.category == "PD":
        return "; ".join(_rise(name, present(values[name]), present(judged.lowest[name])) for name in judgement.rising)
    followed, base = measurable(baseline), marker_values(present(baseline), present(baseline))
    known = {name: value for name in deciding_markers(followed) if (value := values[name]) is not None}
    compared = followed_markers(followed)
    changes = [_change(name, value, base[name] if name in compared else None) for name, value in known.items()]
    findings = _findings(judged, already="marrow" in known)
    note = f"; {judgement.better} not shown: {missing} missing" if missing else ""
    return ", ".join([*changes, *findings]) + note


def _change(name: str, now: float, base: float | None) -> str:
    what, unit = MARKER_WORDS[name]
    if base is None:
        return f"{what} {_number(now)}{unit}"
    if now == base:
        return f"{what} {_number(now)}{unit} as at baseline"
    by = f"{_percent(abs(now - base), base)}% {'less' if now < base else 'more'}"
    return f"{what} {_number(base)} to {_number(now)}{unit} ({by})"


def _rise(name: str, now: float, low: float) -> str:
    what, unit = MARKER_WORDS[name]
    percent = f" ({_percent(now - low, low)}%)" if low > 0 else ""
    risen = f"{_number(now - low)}{' points' if unit == '%' else unit}{percent}"
    return f"{what} {_number(now)}{unit}, up by {risen} from the lowest confirmed {_number(low)}{unit}"


def _findings(judged: Judged, *, already: bool) -> Iterator[str]:
    """Immunofixation; and where electrophoresis shows nothing, marrow, light chain ratio and clonal cells."""
    assessment, known = judged.assessment, judged.run or judged.assessment
    serum, urine = assessment.serum_immunofixation, assessment.urine_immunofixation
    each = [f"{word} in {of}" for of, word in [("serum", serum), ("urine", urine)] if word]
    if each:
        yield f"immunofixation {serum if serum == urine else ', '.join(each)}"
    if judged.category not in DEEP or judged.judgement.values["serum"] or judged.judgement.values["urine"]:
        return
    if known.marrow is not None and not already:
        yield f"marrow {_number(known.marrow)}%" + (f" on {known.day}" if assessment.marrow is None else "")
    if (normal := ratio_is_normal(assessment)) is not None:
        yield f"light chain ratio {'normal' if normal else 'abnormal'}"
    if known.clonal_cells:
        yield f"clonal cells {known.clonal_cells}"


def _number(value: float) -> str:
    return f"{value:.10g}"


def _percent(part: float, whole: float) -> Decimal:
    """Whole percent, half away from zero; one decimal, cut off, where that would reach a limit that is not reached."""
    exact = Decimal(repr(round(float(100 * part / whole), 9)))
    rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
    return exact.quantize(Decimal("0.1"), ROUND_DOWN) if exact < rounded in LIMITS else rounded
