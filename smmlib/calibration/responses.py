"""Best responses, in step with treatment and progressions: by phase of the treated arm, or over all of both arms."""

from collections import Counter

from smmlib.calibration.events import NEVER, last_assessment
from smmlib.calibration.targets import CalibrationError
from smmlib.trial.categories import NOT_EVALUABLE, PROGRESSION
from smmlib.trial.parameters.cohort_design import ResponsesByArm

FEWEST_DAYS_TO_RESPOND = 21
OVERALL = "overall"
"""Name of the whole course, where responses are not told by phase."""


def draw_responses(patients, events, treatment, design, scale, random):
    """Best response of each analysed patient who has one.

    By phase: of each in induction, and of each who entered maintenance with it included. By arm: over the whole course.

    Parameters
    ----------
    patients : RandomisedPatients
    events : Events
    treatment : Treatment
    design : CohortDesign
    scale : ResponseScale
        Categories of the study, best first.
    random : numpy.random.Generator

    Returns
    -------
    dict of str to dict of int to (str, int)
        By phase and patient: category, and day of the assessment counted from randomisation.

    Raises
    ------
    CalibrationError
        If the counts cannot be had: too few progress in induction, or responses would be worse in maintenance.
    """
    if design.responses is None:
        return {}
    if isinstance(design.responses, ResponsesByArm):
        return {OVERALL: _over_the_course(patients, events, design.responses, random)}
    analysed = [patient for patient in treatment.induction if not events.excluded[patient]]
    induction = _induction(patients, events, analysed, treatment, design.responses, random)
    maintenance = _maintenance(induction, list(treatment.maintenance), design.responses.maintenance, scale, random)
    return {
        "induction": _with_day(patients, events, induction, treatment.induction, random),
        "maintenance": _with_day(patients, events, maintenance, treatment.maintenance, random),
    }


def _over_the_course(patients, events, counts, random):
    """Nobody's response depends on the outcome, but it is found at a visit before progression, or the last one."""
    found = {}
    for part, members in (("arm", patients.in_arm), ("reference", ~patients.in_arm)):
        analysed = [patient for patient in members.nonzero()[0].tolist() if not events.excluded[patient]]
        categories = _deal(analysed, Counter(getattr(counts, part)), random)
        for patient, category in sorted(categories.items()):
            last = patients.visits[patient][max(last_assessment(patients, events, patient), 0)]
            stretch = {patient: (0, last)}
            found |= _with_day(patients, events, {patient: category}, stretch, random)
    return found


def _induction(patients, events, analysed, treatment, counts, random):
    entered = list(treatment.maintenance)
    others = [patient for patient in analysed if patient not in treatment.maintenance]
    fitting = {
        PROGRESSION: [patient for patient in others if _progressed_in_induction(patients, events, treatment, patient)],
        NOT_EVALUABLE: sorted(
            others, key=lambda patient: treatment.induction[patient][1] - treatment.induction[patient][0]
        ),
    }
    chosen = {}
    for category, candidates in fitting.items():
        free = [patient for patient in candidates if patient not in chosen]
        wanted = counts.induction_only.get(category, 0)
        if len(free) < wanted:
            raise CalibrationError(f"{wanted} patients are to have {category} in induction, but only {len(free)} can.")
        chosen |= dict.fromkeys(free[:wanted], category)
    left = Counter(counts.induction_only) - Counter(chosen.values())
    chosen |= _deal([patient for patient in others if patient not in chosen], left, random)
    return chosen | _deal(entered, Counter(counts.induction) - Counter(counts.induction_only), random)


def _progressed_in_induction(patients, events, treatment, patient):
    visit = events.progression[patient]
    return visit != NEVER and patients.visits[patient][visit] <= treatment.induction[patient][1]


def _deal(receivers, counts, random):
    return dict(zip(random.permutation(receivers).tolist(), Counter(counts).elements(), strict=True))


def _maintenance(induction, entered, counts, scale, random):
    """Deal the responses in the order of those in induction, so that nobody's becomes worse."""
    rank = {category: place for place, category in enumerate(scale.categories)}
    order = sorted(random.permutation(entered).tolist(), key=lambda patient: rank[induction[patient]])
    categories = sorted(Counter(counts).elements(), key=rank.get)
    best = dict(zip(order, categories, strict=True))
    for patient, category in best.items():
        if rank[category] > rank[induction[patient]]:
            raise CalibrationError(
                f"responses.maintenance has too few good responses: somebody with {induction[patient]} in induction "
                f"would have {category} with maintenance included."
            )
    return best


def _with_day(patients, events, categories, phase, random):
    return {
        patient: (categories[patient], _day(patients, events, patient, categories[patient], phase[patient], random))
        for patient in sorted(categories)
    }


def _day(patients, events, patient, category, treated, random):
    """Progression is dated to itself, any other response to a visit during the phase and before progression."""
    first, last = treated
    visits = patients.visits[patient]
    if category == PROGRESSION:
        return visits[events.progression[patient]]
    if last is None:
        last = visits[last_assessment(patients, events, patient)]
    during = [day for day in visits if first + FEWEST_DAYS_TO_RESPOND <= day < last]
    return during[random.integers(len(during))] if during else last
