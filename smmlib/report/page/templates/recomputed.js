// Every number that can be is computed again from the patients in this page, and held against what the page says.
const recomputed = (() => {
  const { element, packed, textOf, rowsOfCsv, actions } = page;
  const MOST = 1e-9; // relative difference of two numbers that agree
  const FIELDS = ["value", "low", "high", "std_error", "statistic", "p_value"];
  const NEAR_ZERO = 1e-6; // below it differences are absolute, for they rest on numbers of the size of 1
  const number = (text) => (text === "" || text === undefined ? NaN : parseFloat(text));

  const rowsOf = async (...names) => {
    const name = names.find(packed);
    return name && rowsOfCsv(await textOf(name)).rows;
  };

  const intervalOf = ({ cuts, intervals }, text) =>
    (text === "" ? "" : intervals[cuts.filter((cut) => parseFloat(text) >= cut).length]);

  // The patients of each endpoint, with what is known of each.
  const patientsOf = (plan, times, subjects) => {
    const known = new Map((subjects ?? []).map((row) => [row.patient, row]));
    const groupsOf = (row) => plan.subgroups.filter(({ variable }) => row && variable in row).map((each) =>
      [each.variable, each.cuts ? intervalOf(each, row[each.variable]) : row[each.variable]]);
    return times.filter(({ time }) => time !== "").map((row) => ({
      ...row, time: parseFloat(row.time), event: row.event === "1", entry: parseFloat(row.entry || "-1"),
      competes: row.event === "2" || (row.event !== "1" && plan.endpoints[row.endpoint].competing.includes(row.reason)),
      groups: Object.fromEntries(groupsOf(known.get(row.patient))),
    }));
  };

  const load = async () => {
    const plan = JSON.parse(await textOf("recompute.json"));
    const [times, responses, subjects] = await Promise.all([
      rowsOf("analysis_data/times.csv", "event_tables/times.csv"),
      rowsOf("analysis_data/responses.csv", "event_tables/responses.csv"), rowsOf("analysis_data/subjects.csv"),
    ]);
    return { plan, times: times ?? [], responses: responses ?? [], subjects, patients: patientsOf(plan, times ?? [], subjects) };
  };

  // How each measure is computed; what gives undefined is not computed here.
  const measures = (data) => {
    const { plan, patients } = data, curves = new Map();
    const kept = (map, name, make) => map.get(name) ?? map.set(name, make()).get(name);
    const among = ({ endpoint, factor, level }, ...arms) => patients.filter((each) => each.endpoint === endpoint
      && (!arms.length || arms.includes(each.arm)) && (!factor || each.groups[factor] === level));
    const curveOf = (row, arm = row.arm) => kept(curves, `${row.endpoint} ${arm}`, () => {
      const { conf_type, conf_level } = plan.endpoints[row.endpoint];
      return recompute.kaplanMeier(among({ endpoint: row.endpoint }, arm), conf_type, conf_level);
    });
    const isKnown = ({ factor }) => !factor || (data.subjects && plan.subgroups.some(({ variable }) => variable === factor));
    const isPlain = ({ variant }) => variant === "" || variant === "stratified";
    const cox = (row) => {
      const { ties, conf_level } = plan.endpoints[row.endpoint], arms = [row.arm, row.reference];
      return recompute.hazardRatio(among(row, ...arms), arms, row.variant === "stratified", ties, conf_level);
    };
    const allArms = (row, scores) => {
      const arms = plan.arms.map(({ id }) => id);
      return recompute.logrank(among({ endpoint: row.endpoint }), arms, row.variant === "stratified", scores && arms.map((id) => scores[id]));
    };
    const twoCurves = (row, of, verb) => verb(of(curveOf(row), parseFloat(row.at)), of(curveOf(row, row.reference), parseFloat(row.at)), curveOf(row).z);
    const eventsOf = (row) => among(row, row.arm).filter(({ event }) => event).length;
    const timeToEvent = {
      events: (row) => ({ value: eventsOf(row) }),
      competing_events: (row) => ({ value: among(row, row.arm).filter(({ competes }) => competes).length }),
      share: (row) => recompute.rate(eventsOf(row), among(row, row.arm).length, plan.endpoints[row.endpoint].conf_level),
      median: (row) => recompute.median(curveOf(row)),
      survival: (row) => recompute.survivalAt(curveOf(row), parseFloat(row.at)),
      at_risk: (row) => ({ value: recompute.atRiskAt(curveOf(row), parseFloat(row.at)) }),
      restricted_mean: (row) => recompute.restrictedMean(curveOf(row), parseFloat(row.at)),
      reason: (row) => data.times[0] && "reason" in data.times[0]
        ? { value: data.times.filter((each) => each.endpoint === row.endpoint && each.arm === row.arm && each.reason === row.level).length } : undefined,
      logrank: (row) => recompute.logrank(among(row, row.arm, row.reference), [row.arm, row.reference], row.variant === "stratified"),
      hazard_ratio: cox,
      wald_test: (row) => cox(row).test,
      overall_logrank: (row) => allArms(row),
      trend_logrank: (row) => allArms(row, plan.endpoints[row.endpoint].trend_scores),
      survival_difference: (row) => twoCurves(row, recompute.survivalAt, recompute.difference),
      restricted_mean_difference: (row) => twoCurves(row, recompute.restrictedMean, recompute.difference),
      restricted_mean_ratio: (row) => twoCurves(row, recompute.restrictedMean, recompute.ratio),
    };
    const subgroups = {
      patients: (row) => ({ value: among(row, row.arm).length }), events: timeToEvent.events, hazard_ratio: cox,
      missing: (row) => ({ value: among({ ...row, level: "" }, row.arm).length }),
    };

    const stratumOf = new Map(patients.map(({ patient, stratum }) => [patient, stratum]));
    const countOf = (rows) => rows.reduce((total, row) => total + Number(row.patients ?? 1), 0);
    const responding = (rows) => countOf(rows.filter(({ response }) => plan.responders.includes(response)));
    const atVisit = ({ phase }, arm) => data.responses.filter((each) => each.visit === phase && each.arm === arm);
    const table = (rows, others) => ({ x1: responding(rows), n1: countOf(rows), x0: responding(others), n0: countOf(others) });
    const tablesOf = (row) => {
      const [rows, others] = [atVisit(row, row.arm), atVisit(row, row.reference)];
      if (row.variant !== "stratified") return [table(rows, others)];
      const isIn = (stratum) => ({ patient }) => stratumOf.get(patient) === stratum;
      return [...new Set(stratumOf.values())].map((of) => table(rows.filter(isIn(of)), others.filter(isIn(of)))).filter(({ n1, n0 }) => n1 && n0);
    };
    const level = plan.conf_level, isOfKnown = ({ patient }) => patient !== undefined && stratumOf.has(patient);
    const isJoined = ({ variant }) => variant !== "stratified" || data.responses.every(isOfKnown);
    const compared = (make) => (row) => (isJoined(row) ? make(tablesOf(row), row.variant === "stratified") : undefined);
    const response = {
      rate: (row) => recompute.rate(responding(atVisit(row, row.arm)), countOf(atVisit(row, row.arm)), level, row.variant),
      category: (row) => ({ value: countOf(atVisit(row, row.arm).filter((each) => each.response === row.level)) }),
      rate_difference: compared((tables, stratified) => recompute.rateDifference(tables, level, stratified)),
      odds_ratio: compared((tables, stratified) => (stratified ? recompute.stratifiedOddsRatio(tables, level) : recompute.oddsRatio(tables[0], level))),
      fisher_test: compared((tables) => recompute.fisher(tables[0])),
      cochran_mantel_haenszel_test: compared((tables) => recompute.cochranMantelHaenszel(tables)),
    };

    const followUp = ({ variant }) => {
      const { endpoint, estimator } = plan.follow_up;
      const all = patients.filter((each) => each.endpoint === endpoint).map((each) => ({ ...each, entry: -1, event: !each.event && !each.competes }));
      const times = (estimator === "observed" ? all : all.filter(({ event }) => event)).map(({ time }) => time).sort((a, b) => a - b);
      if (variant) return { value: (variant === "shortest" ? times[0] : times.at(-1)) ?? NaN };
      if (estimator === "reverse-kaplan-meier") return recompute.median(recompute.kaplanMeier(all, "log-log", level));
      return { value: (times[Math.ceil(times.length / 2) - 1] + times[Math.floor(times.length / 2)]) / 2 };
    };
    const counted = (isCounted, arm = "arm") => (row) => (data.subjects
      ? { value: data.subjects.filter((each) => isCounted(each, row) && (!row.arm || each[arm] === row.arm)).length } : undefined);
    const population = {
      follow_up: followUp,
      randomised: counted(() => true, "randomised_arm"),
      excluded: counted(({ analysed }) => analysed === "0", "randomised_arm"),
      exclusion: counted((each, row) => each.analysed === "0" && each.exclusion_reason === row.level, "randomised_arm"),
      analysed: counted(({ analysed }) => analysed === "1"),
      stratum: counted((each, row) => each.analysed === "1" && each[row.factor] === row.level),
    };
    const sections = { time_to_event: timeToEvent, subgroups, response, population };
    return (row) => (isKnown(row) || row.section === "population") && (isPlain(row) || ["follow_up", "rate"].includes(row.measure))
      ? sections[row.section]?.[row.measure]?.(row) : undefined;
  };

  // Of a number that is stated and the same computed here.
  const differenceOf = (stated, here, least) => {
    if (stated === here || (Number.isNaN(stated) && Number.isNaN(here))) return 0;
    const far = Math.abs(stated - here) / Math.max(Math.abs(stated), Math.abs(here), least);
    return Number.isNaN(far) ? Infinity : far;
  };

  const compare = (row, result) => {
    const of = FIELDS.filter((field) => result[field] !== undefined && (field !== "std_error" || row.std_error));
    const differences = of.map((field) => differenceOf(number(row[field]), result[field], field === "p_value" ? 0 : NEAR_ZERO));
    return { name: row.record, value: result.value ?? result.statistic ?? result.p_value, difference: Math.max(...differences) };
  };

  const inWords = ({ value, difference }) => [`${Number.isNaN(value) ? "not estimable" : value}, `,
    difference > MOST ? element("strong", { class: "verdict different" }, `relative difference ${difference.toExponential(0)}`) : `relative difference ${difference.toExponential(0)}`];

  const checkOfData = async ({ plan }) => {
    if (!globalThis.crypto?.subtle) return "The browser offers no way to check it here: it was not checked.";
    for (const [name, stated] of Object.entries(plan.sha256)) {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(await textOf(name)));
      const here = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      if (here !== stated) return `${name} is not what it was: its SHA-256 is ${here}.`;
    }
    return "Checked just now: they are what they were.";
  };

  const TIMES = ["days", "weeks", "months", "years"];
  // A number that there is; a time that is not reached is one, too.
  const isEstimable = ({ value, statistic, p_value: p, unit }) => [value, statistic, p].some(Boolean) || TIMES.includes(unit);
  const grouped = (count) => count.toLocaleString("en");

  const show = (checks, all, seconds, said) => {
    const different = checks.filter(({ difference }) => difference > MOST), isWrong = different.length || said.includes("not what it was");
    const largest = checks.reduce((most, { difference }) => Math.max(most, difference), 0);
    const line = document.getElementById("recomputed"), list = document.getElementById("recomputed-list");
    const tail = different.length ? `; ${different.length} different: ${different.slice(0, 5).map(({ name }) => name).join(", ")}` : "";
    line.replaceChildren(element("strong", {}, `${grouped(checks.filter(({ estimable }) => estimable).length)} of ${grouped(all.estimable)}`), `${all.estimable < all.recorded ? " estimable" : ""} numbers recomputed by this page, just now, in `,
      `${Math.max(seconds, 0.01).toPrecision(1)} s, largest difference `, element("strong", {}, largest.toExponential(0)), tail, isWrong && !different.length ? `. ${said}` : "");
    line.classList.toggle("different", Boolean(isWrong));
    line.hidden = list.hidden = false;
    list.open = different.length > 0;
    document.getElementById("data-checked").textContent = said;
    const ordered = [...different, ...checks.filter(({ difference }) => !(difference > MOST))];
    list.querySelector("ul").replaceChildren(...ordered.map((each) => element("li", {}, element("code", {}, each.name), ": ", ...inWords(each))));
  };

  const run = async () => {
    const data = await load(), rows = await rowsOf("numbers.csv");
    const said = await checkOfData(data), start = performance.now(), compute = measures(data), checks = [];
    for (const row of rows) {
      const result = compute(row);
      if (result) checks.push({ ...compare(row, result), estimable: isEstimable(row) });
    }
    show(checks, { recorded: rows.length, estimable: rows.filter(isEstimable).length }, (performance.now() - start) / 1000, said);
    return { data, checks: new Map(checks.map((each) => [each.name, each])) };
  };

  const cannot = ({ message }) => {
    const line = document.getElementById("recomputed");
    line.textContent = `This browser could not compute the numbers again: ${message}`;
    line.className = "different";
    line.hidden = false;
  };

  const done = packed("recompute.json") ? run().catch(cannot) : undefined;
  actions.recomputed = async (name) => {
    const check = (await done)?.checks.get(name);
    return check ? inWords(check) : [];
  };
  return { done };
})();
