"""A second, obvious implementation of the log-rank test of several groups: loops over patients, exact fractions."""

from fractions import Fraction


def excess_and_covariance(members, names):
    """Events above expectation of each group, and their covariance, over all strata.

    A member is a tuple of time, event, group, stratum and entry.
    """
    excess = {name: Fraction(0) for name in names}
    covariance = {(one, other): Fraction(0) for one in names for other in names}
    for stratum in {member[3] for member in members}:
        within = [member for member in members if member[3] == stratum]
        for time in {member[0] for member in within if member[1]}:
            at_risk = [member for member in within if member[4] < time <= member[0]]
            dying = [member for member in at_risk if member[1] and member[0] == time]
            _add_table(excess, covariance, at_risk, dying, names)
    return excess, covariance


def _add_table(excess, covariance, at_risk, dying, names):
    """One time: the events of the groups are drawn without replacement from those at risk."""
    n, d = len(at_risk), len(dying)
    share = {name: Fraction(sum(member[2] == name for member in at_risk), n) for name in names}
    for one in names:
        excess[one] += sum(member[2] == one for member in dying) - d * share[one]
        for other in names:
            spread = share[one] * ((one == other) - share[other])
            covariance[one, other] += d * spread * Fraction(n - d, n - 1) if n > 1 else 0


def quadratic_form(excess, covariance):
    """Excess times a generalised inverse of the covariance times excess, and the rank, by elimination in fractions."""
    names = list(excess)
    rows = [[covariance[one, other] for other in names] + [excess[one]] for one in names]
    rank = 0
    for column in range(len(names)):
        pivot = next((row for row in range(rank, len(rows)) if rows[row][column] != 0), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        rows[rank] = [value / rows[rank][column] for value in rows[rank]]
        for row in range(len(rows)):
            if row != rank:
                factor = rows[row][column]
                rows[row] = [value - factor * lead for value, lead in zip(rows[row], rows[rank], strict=True)]
        rank += 1
    solution = [Fraction(0)] * len(names)
    for row in rows[:rank]:
        solution[next(place for place, value in enumerate(row) if value != 0)] = row[-1]
    return sum(value * excess[name] for value, name in zip(solution, names, strict=True)), rank
