// The statistics of this page from its patients, written from the formulas and from no other program.
// A patient is { time, event, entry, arm, stratum }; entry is -1 where patients do not come late.
const recompute = (() => {
  const { logGamma, chiSquareTail, normalQuantile, betaQuantile, turningPoint } = distributions;
  const TIE = Math.sqrt(Number.EPSILON); // times nearer than this, relatively, are one time
  const sum = (list) => list.reduce((total, each) => total + each, 0);
  const tolerance = (time) => TIE * Math.max(1, time);
  const zOf = (level) => normalQuantile((1 - level) / 2);
  const both = (value, margin) => ({ value, low: value - margin, high: value + margin });

  // Patients whose times that differ by rounding alone are made one.
  const snapped = (patients) => {
    const times = [...new Set(patients.flatMap(({ time, entry }) => (entry > 0 ? [time, entry] : [time])))];
    const standsFor = new Map();
    let first = -Infinity;
    for (const time of times.sort((a, b) => a - b)) {
      if (time - first > tolerance(time)) first = time;
      standsFor.set(time, first);
    }
    return patients.map((each) => ({ ...each, time: standsFor.get(each.time), entry: standsFor.get(each.entry) ?? -1 }));
  };

  const countBelow = (sorted, time) => {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < time) low = middle + 1; else high = middle;
    }
    return low;
  };

  // How many are at risk at a time: observed until then or later, and entered before.
  const riskSet = (patients) => {
    const times = Float64Array.from(patients, ({ time }) => time).sort();
    const entries = Float64Array.from(patients, ({ entry }) => entry).sort();
    return (time) => countBelow(entries, time) - countBelow(times, time);
  };

  const countAt = (patients) => {
    const counts = new Map();
    for (const { time } of patients) counts.set(time, (counts.get(time) ?? 0) + 1);
    return (time) => counts.get(time) ?? 0;
  };

  // Limits of survival on the scales on which they are symmetric; error is the standard error of log S.
  const LIMITS = {
    plain: (s, error, z) => [Math.max(s - z * s * error, 0), Math.min(s + z * s * error, 1)],
    log: (s, error, z) => (s === 0 ? [NaN, NaN] : [s * Math.exp(-z * error), Math.min(s * Math.exp(z * error), 1)]),
    "log-log": (s, error, z) => [1, -1].map((sign) => (s === 0 || s === 1 ? NaN : s ** Math.exp((sign * z * error) / -Math.log(s)))),
    logit: (s, error, z) => [-1, 1].map((sign) => {
      const odds = (s / (1 - s)) * Math.exp((sign * z * error) / (1 - s));
      return s === 0 || s === 1 ? NaN : odds / (1 + odds);
    }),
    arcsine: (s, error, z) => [-1, 1].map((sign) => {
      const angle = Math.asin(Math.sqrt(s)) + (sign * z * error * Math.sqrt(s / (1 - s))) / 2;
      return s === 0 || s === 1 ? NaN : Math.sin(Math.min(Math.max(angle, 0), Math.PI / 2)) ** 2;
    }),
  };

  const kaplanMeier = (given, confType, level) => {
    const patients = snapped(given), atRisk = riskSet(patients), z = zOf(level), limits = LIMITS[confType];
    const events = countAt(patients.filter(({ event }) => event));
    let survival = 1, greenwood = 0;
    const times = [...new Set(patients.map(({ time }) => time))].sort((a, b) => a - b);
    const rows = times.map((time) => {
      const n = atRisk(time), d = events(time);
      if (d) { survival *= (n - d) / n; greenwood += d / (n * (n - d)); }
      const error = Math.sqrt(greenwood), [low, high] = limits(survival, error, z);
      return { time, n, d, survival, low, high, error };
    });
    return { rows, patients, limits, level, z };
  };

  // A time as the curve has it where the two differ by rounding alone.
  const asObserved = ({ rows }, time) => rows.find((row) => Math.abs(row.time - time) <= tolerance(time))?.time ?? time;

  const endsBefore = ({ rows }, time) => !rows.length || (time > rows.at(-1).time && rows.at(-1).survival > 0);

  const survivalAt = (curve, at) => {
    const time = asObserved(curve, at);
    if (endsBefore(curve, time)) return { value: NaN, low: NaN, high: NaN, std_error: NaN };
    const row = curve.rows.findLast((each) => each.time <= time);
    const [low, high] = curve.limits(row?.survival ?? 1, row?.error ?? 0, curve.z);
    return { value: row?.survival ?? 1, low, high, std_error: row ? row.survival * row.error : 0 };
  };

  const atRiskAt = (curve, at) => {
    const time = asObserved(curve, at);
    return curve.patients.filter((each) => each.time >= time && each.entry < Math.max(time, TIE)).length;
  };

  // Where a falling step function crosses one half; the middle of a stretch at one half.
  const crossing = (rows, name) => {
    const start = rows.find((row) => row[name] <= 0.5 + TIE);
    if (!start) return NaN;
    if (start[name] < 0.5 - TIE) return start.time;
    return (start.time + (rows.find((row) => row[name] < 0.5 - TIE) ?? rows.at(-1)).time) / 2;
  };

  const median = ({ rows }) => ({ value: crossing(rows, "survival"), low: crossing(rows, "low"), high: crossing(rows, "high") });

  const restrictedMean = (curve, until) => {
    const end = asObserved(curve, until), rows = curve.rows.filter((row) => row.time < end);
    if (endsBefore(curve, end)) return { value: NaN, low: NaN, high: NaN, std_error: NaN };
    const ends = [...rows.map((row) => row.time), end];
    const areas = ends.map((time, place) => (place ? rows[place - 1].survival : 1) * (time - (ends[place - 1] ?? 0)));
    let after = 0, variance = 0;
    for (let place = rows.length - 1; place >= 0; place -= 1) {
      const { n, d } = rows[place];
      after += areas[place + 1];
      if (n > d) variance += (after ** 2 * d) / (n * (n - d));
    }
    const error = Math.sqrt(variance);
    return { ...both(sum(areas), curve.z * error), std_error: error };
  };

  const difference = (one, other, z) => {
    const error = Math.hypot(one.std_error, other.std_error);
    return { ...both(one.value - other.value, z * error), std_error: error };
  };

  const ratio = (one, other, z) => {
    const value = one.value / other.value, error = Math.hypot(one.std_error / one.value, other.std_error / other.value);
    return { value, low: value * Math.exp(-z * error), high: value * Math.exp(z * error), std_error: error };
  };

  // At each event time of each stratum the numbers at risk and of events, one a group.
  const riskTables = (given, groups, stratified) => {
    const patients = snapped(given);
    const names = [...new Set(patients.map(({ stratum }) => stratum))];
    const strata = stratified ? names.map((name) => patients.filter(({ stratum }) => stratum === name)) : [patients];
    return strata.flatMap((inside) => {
      const parts = groups.map((id) => inside.filter(({ arm }) => arm === id));
      const atRisk = parts.map(riskSet), events = parts.map((part) => countAt(part.filter(({ event }) => event)));
      const times = new Set(inside.filter(({ event }) => event).map(({ time }) => time));
      return [...times].map((time) => ({ n: atRisk.map((of) => of(time)), d: events.map((of) => of(time)) }));
    });
  };

  // Observed less expected events of each group, and their hypergeometric covariance.
  const logrankParts = (tables, groups) => {
    const excess = groups.map(() => 0), covariance = groups.map(() => groups.map(() => 0));
    for (const { n, d } of tables) {
      const all = sum(n), events = sum(d), spread = all > 1 ? (events * (all - events)) / (all - 1) : 0;
      groups.forEach((_, i) => {
        excess[i] += d[i] - (events * n[i]) / all;
        groups.forEach((__, j) => { covariance[i][j] += spread * (n[i] / all) * ((i === j) - n[j] / all); });
      });
    }
    return { excess, covariance };
  };

  // x'A⁻¹x by elimination.
  const quadratic = (matrix, vector) => {
    const rows = matrix.map((row, i) => [...row, vector[i]]);
    let form = 0;
    rows.forEach((pivot, i) => {
      form += pivot.at(-1) ** 2 / pivot[i];
      for (const row of rows.slice(i + 1)) {
        const share = row[i] / pivot[i];
        row.forEach((_, j) => { row[j] -= share * pivot[j]; });
      }
    });
    return form;
  };

  const tested = (statistic, df) => ({ statistic, p_value: chiSquareTail(statistic, df) });

  const logrank = (patients, groups, stratified, scores) => {
    const { excess, covariance } = logrankParts(riskTables(patients, groups, stratified), groups);
    if (scores) {
      const variance = sum(groups.map((_, i) => sum(groups.map((__, j) => scores[i] * scores[j] * covariance[i][j]))));
      return tested(sum(excess.map((each, i) => each * scores[i])) ** 2 / variance, 1);
    }
    const rest = covariance.slice(1).map((row) => row.slice(1));
    const statistic = quadratic(rest, excess.slice(1)); // with fewer degrees of freedom where groups cannot be told apart
    return groups.length > 2 && !Number.isFinite(statistic) ? undefined : tested(statistic, groups.length - 1);
  };

  // First and second derivative of Cox's partial log-likelihood in the logarithm of the hazard ratio.
  const derivatives = (tables, beta, ties) => {
    let score = 0, information = 0;
    for (const { n, d } of tables) {
      const events = sum(d);
      score += d[0];
      for (let place = 0; place < events; place += 1) {
        const gone = ties === "efron" ? place / events : 0;
        const inArm = Math.exp(beta) * (n[0] - gone * d[0]), share = inArm / (inArm + n[1] - gone * d[1]);
        score -= share;
        information += share * (1 - share);
      }
    }
    return { score, information };
  };

  const logLikelihood = (tables, beta, ties) => sum(tables.map(({ n, d }) => {
    const gone = Array.from({ length: sum(d) }, (_, place) => (ties === "efron" ? place / sum(d) : 0));
    return d[0] * beta - sum(gone.map((of) => Math.log(Math.exp(beta) * (n[0] - of * d[0]) + n[1] - of * d[1])));
  }));

  // Where one arm alone has events the likelihood has no maximum, and one limit: where it has fallen by z²/2.
  const withoutMaximum = (tables, ties, z, falls, rises) => {
    const none = { value: NaN, low: NaN, high: NaN, std_error: NaN, test: { statistic: NaN, p_value: NaN } };
    const most = logLikelihood(tables, falls ? -100 : 100, ties);
    const hasFallen = (beta) => 2 * (most - logLikelihood(tables, beta, ties)) > z * z;
    if (falls) return { ...none, high: Math.exp(turningPoint(hasFallen, -100, 100)) };
    return rises ? { ...none, low: Math.exp(turningPoint((beta) => !hasFallen(beta), -100, 100)) } : none;
  };

  const hazardRatio = (patients, groups, stratified, ties, level) => {
    const tables = riskTables(patients, groups, stratified), FAR = 25;
    const falls = derivatives(tables, FAR, ties).score < -1e-6, rises = derivatives(tables, -FAR, ties).score > 1e-6;
    if (!falls || !rises) return withoutMaximum(tables, ties, zOf(level), falls, rises);
    let beta = 0;
    for (let k = 0; k < 200; k += 1) {
      const { score, information } = derivatives(tables, beta, ties), step = score / information;
      beta += Math.max(-1, Math.min(1, step));
      if (Math.abs(step) < 1e-14 * (1 + Math.abs(beta))) break;
    }
    const error = 1 / Math.sqrt(derivatives(tables, beta, ties).information), margin = zOf(level) * error;
    const limits = { low: Math.exp(beta - margin), high: Math.exp(beta + margin) };
    return { value: Math.exp(beta), ...limits, std_error: error, test: tested((beta / error) ** 2, 1) };
  };

  const rate = (x, n, level, method) => {
    const tail = (1 - level) / 2, z = zOf(level), value = x / n;
    const std_error = Math.sqrt((value * (1 - value)) / n);
    const wilson = (sign) => (x + z ** 2 / 2 + sign * z * Math.sqrt((x * (n - x)) / n + z ** 2 / 4)) / (n + z ** 2);
    const exact = [() => betaQuantile(tail, x, n - x + 1), () => betaQuantile(1 - tail, x + 1, n - x)];
    const [low, high] = method === "wilson" ? [() => wilson(-1), () => wilson(1)] : exact;
    return { value, low: x ? low() : 0, high: x < n ? high() : 1, std_error };
  };

  // Rates of two arms that are a difference apart and most likely, by where the likelihood stops rising.
  const ratesApart = ({ x1, n1, x0, n0 }, apart) => {
    const isPast = (p) => (x1 - n1 * (p + apart)) * p * (1 - p) + (x0 - n0 * p) * (p + apart) * (1 - p - apart) <= 0;
    const p0 = turningPoint(isPast, Math.max(0, -apart), Math.min(1, 1 - apart));
    return [Math.min(1, Math.max(0, p0 + apart)), p0];
  };

  const weightOf = ({ n1, n0 }) => (n1 * n0) / (n1 + n0);

  const highestDifference = (tables, observed, z) => {
    const isTooFar = (apart) => {
      const variance = sum(tables.map((table) => {
        const [p1, p0] = ratesApart(table, apart), { n1, n0 } = table, n = n1 + n0;
        return weightOf(table) ** 2 * ((p1 * (1 - p1)) / n1 + (p0 * (1 - p0)) / n0) * (n / (n - 1));
      }));
      return (apart - observed) * sum(tables.map(weightOf)) > z * Math.sqrt(variance);
    };
    return observed === 1 ? 1 : turningPoint(isTooFar, observed, 1);
  };

  const swapped = ({ x1, n1, x0, n0 }) => ({ x1: x0, n1: n0, x0: x1, n0: n1 });

  // Miettinen and Nurminen's score interval; over strata around the difference of Mantel and Haenszel.
  const rateDifference = (tables, level, isStratified) => {
    const weights = sum(tables.map(weightOf)), z = zOf(level);
    const value = sum(tables.map(({ x1, n1, x0, n0 }) => (x1 * n0 - x0 * n1) / (n1 + n0))) / weights;
    const low = -highestDifference(tables.map(swapped), -value, z), high = highestDifference(tables, value, z);
    const [{ x1, n1, x0, n0 }] = tables;
    const alone = Math.hypot(Math.sqrt((x1 * (n1 - x1)) / n1) / n1, Math.sqrt((x0 * (n0 - x0)) / n0) / n0);
    return { value, low, high, std_error: isStratified ? undefined : alone };
  };

  const ratesAtOdds = ({ x1, n1, x0, n0 }, odds) => {
    const other = (p) => (odds * p) / (1 + p * (odds - 1));
    const p0 = turningPoint((p) => n1 * other(p) + n0 * p >= x1 + x0, 0, 1);
    return [other(p0), p0];
  };

  const highestOdds = (table, z) => {
    const { x1, n1, x0, n0 } = table, n = n1 + n0;
    if (x1 === n1 || x0 === 0) return NaN;
    const isTooFar = (log) => {
      const [p1, p0] = ratesAtOdds(table, Math.exp(log));
      const precision = 1 / (n1 * p1 * (1 - p1)) + 1 / (n0 * p0 * (1 - p0));
      return (n1 * p1 - x1) * Math.sqrt((precision * (n - 1)) / n) > z;
    };
    const observed = x1 && x0 < n0 ? Math.log((x1 * (n0 - x0)) / ((n1 - x1) * x0)) : -30;
    return Math.exp(turningPoint(isTooFar, observed, 30));
  };

  const oddsRatio = (table, level) => {
    const { x1, n1, x0, n0 } = table, z = zOf(level), cells = [x1, n1 - x1, x0, n0 - x0];
    const above = x1 * (n0 - x0), below = (n1 - x1) * x0, high = highestOdds(table, z);
    const inverse = highestOdds(swapped(table), z), low = Number.isNaN(inverse) ? 0 : 1 / inverse;
    const std_error = cells.every(Boolean) ? Math.sqrt(sum(cells.map((cell) => 1 / cell))) : NaN;
    const isOpen = low === 0 && Number.isNaN(high);
    return { value: below ? above / below : NaN, low: isOpen ? NaN : low, high, std_error };
  };

  // Mantel and Haenszel's odds ratio with the variance of Robins, Breslow and Greenland.
  const stratifiedOddsRatio = (tables, level) => {
    const parts = tables.map(({ x1, n1, x0, n0 }) => {
      const n = n1 + n0, p = (x1 + n0 - x0) / n;
      return { p, q: 1 - p, r: (x1 * (n0 - x0)) / n, s: ((n1 - x1) * x0) / n };
    });
    const of = (term) => sum(parts.map(term)), r = of((each) => each.r), s = of((each) => each.s);
    const variance = of(({ p, r: a }) => p * a) / (2 * r * r) + of(({ q, s: b }) => q * b) / (2 * s * s)
      + of(({ p, q, r: a, s: b }) => p * b + q * a) / (2 * r * s);
    const error = Math.sqrt(variance), margin = zOf(level) * error, value = r / s;
    return { value, low: value * Math.exp(-margin), high: value * Math.exp(margin), std_error: error };
  };

  const cochranMantelHaenszel = (tables) => {
    const excess = sum(tables.map(({ x1, n1, x0, n0 }) => x1 - ((x1 + x0) * n1) / (n1 + n0)));
    const variance = sum(tables.map(({ x1, n1, x0, n0 }) => {
      const n = n1 + n0, m = x1 + x0;
      return (n1 * n0 * m * (n - m)) / (n * n * (n - 1));
    }));
    return tested(excess ** 2 / variance, 1);
  };

  const odds = (x1, n1, x0, n0) => ((n1 - x1) * x0 ? (x1 * (n0 - x0)) / ((n1 - x1) * x0) : NaN);

  // Two-sided: all tables with the same margins that are no more probable.
  const fisher = ({ x1, n1, x0, n0 }) => {
    const m = x1 + x0, choose = (n, k) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
    const low = Math.max(0, m - n0), high = Math.min(n1, m);
    const logs = Array.from({ length: high - low + 1 }, (_, k) => choose(n1, low + k) + choose(n0, m - low - k));
    const most = Math.max(...logs), shares = logs.map((each) => Math.exp(each - most)), own = shares[x1 - low];
    return { statistic: odds(x1, n1, x0, n0), p_value: Math.min(1, sum(shares.filter((each) => each <= own * (1 + 1e-7))) / sum(shares)) };
  };

  return {
    kaplanMeier, survivalAt, atRiskAt, median, restrictedMean, difference, ratio, logrank, hazardRatio, rate,
    rateDifference, oddsRatio, stratifiedOddsRatio, cochranMantelHaenszel, fisher, zOf, confTypes: Object.keys(LIMITS),
  };
})();
