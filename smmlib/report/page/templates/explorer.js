// Below the figure of an endpoint: its curves at any landmark, in any declared subgroup, with limits of any kind.
(() => {
  const { element } = page;
  const HEIGHT = 300, LEFT = 46, RIGHT = 10, TOP = 12, BOTTOM = 34, LABEL = 44; // pixels
  const MOST_BANDS = 2; // limits of more arms would hide one another
  // Numbers as the tables of the page print them, in the style of the report.
  const printed = { point: ".", between: " to ", minus: "−", of_ratio: 2, of_percent: 1 };
  const inStyle = (text) => text.replace("-", printed.minus).replace(".", printed.point);
  const percent = (value) => `${inStyle((100 * value).toFixed(printed.of_percent))}%`;
  const fixed = (value) => inStyle(value > 0 && value < 0.5 * 10 ** -printed.of_ratio ? String(+value.toPrecision(2)) : value.toFixed(printed.of_ratio));
  const points = (value) => inStyle((100 * Math.max(-1, Math.min(1, value))).toFixed(1).replace(/^-(?=0\.0$)/, ""));
  const interval = ({ value, low, high }, text) => {
    if (Number.isNaN(value)) return "not estimable";
    const limit = (end) => (Number.isNaN(end) ? "NE" : text(end)), isOpen = Number.isNaN(low) && Number.isNaN(high);
    if (isOpen || (low === value && high === value)) return `${text(value)} (interval not estimable)`;
    const limits = [limit(low), limit(high)], isDash = ["–", "-"].includes(printed.between);
    return `${text(value)} (${limits.join(isDash && limits.some((each) => each.startsWith(printed.minus)) ? " to " : printed.between)})`;
  };

  const drawn = (name, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // The choices of patients: all, the levels of each subgroup, the strata.
  const choices = (plan, patients) => {
    const inWords = (level) => plan.printed[level] ?? level;
    const all = [{ label: "All patients", has: () => true, isAll: true }];
    const levelsOf = (read) => [...new Set(patients.map(read))].filter(Boolean).sort();
    const groups = plan.subgroups.flatMap(({ variable, label, intervals, labels }) => {
      const found = levelsOf(({ groups: of }) => of[variable]), declared = intervals.length ? intervals : Object.keys(labels);
      const levels = [...declared.filter((level) => found.includes(level)), ...found.filter((level) => !declared.includes(level))];
      return levels.map((level) => ({ label: `${label}: ${labels[level] ?? inWords(level)}`, has: ({ groups: of }) => of[variable] === level }));
    });
    const strata = levelsOf(({ stratum }) => stratum).map((level) => ({ label: `${plan.stratum}: ${inWords(level)}`, has: ({ stratum }) => stratum === level }));
    const known = new Set(groups.map(({ label }) => label));
    return [...all, ...groups, ...strata.filter(({ label }) => !known.has(label))];
  };

  const choice = (words, options) => {
    const select = element("select", {}, ...options.map((text, place) => element("option", { value: place }, text)));
    return [element("label", {}, `${words} `, select), select];
  };

  const explorer = (host, { plan, patients }) => {
    Object.assign(printed, plan.style);
    const endpoint = plan.endpoints[host.dataset.endpoint], own = patients.filter((each) => each.endpoint === host.dataset.endpoint);
    const last = endpoint.axis_times.at(-1), step = Math.max(last / 500, 1e-6) < 0.05 ? 0.01 : last < 200 ? 0.1 : 1;
    const some = choices(plan, own), scales = recompute.confTypes;
    const state = { at: endpoint.landmarks[0] ?? last / 2, hover: null, chosen: some[0], scale: endpoint.conf_type };
    const limits = { min: 0, max: last, step, value: state.at };
    const slider = element("input", { type: "range", ...limits, "aria-label": `Landmark, ${plan.unit}` });
    const field = element("input", { type: "number", ...limits, inputmode: "decimal", "aria-label": `Landmark as a number, ${plan.unit}` });
    const [patientsLabel, patientsSelect] = choice("Patients", some.map(({ label }) => label));
    const [scaleLabel, scaleSelect] = choice("Limits", scales);
    scaleSelect.value = scales.indexOf(state.scale);
    const picture = element("div", { class: "explored" }), said = element("div", { class: "scroll", "aria-live": "polite" });
    const controls = element("div", { class: "controls" },
      element("label", { class: "landmark" }, `Landmark, ${plan.unit} `, slider), field, patientsLabel, scaleLabel);
    host.append(controls, picture, said);

    let arms, ratios;
    const estimate = () => {
      const chosen = own.filter(state.chosen.has);
      arms = plan.arms.map(({ id, label }, place) => {
        const members = chosen.filter(({ arm }) => arm === id);
        return { id, label, place, members, curve: recompute.kaplanMeier(members, state.scale, endpoint.conf_level) };
      });
      const isStratified = Boolean(state.chosen.isAll) && endpoint.primary_variant === "stratified";
      ratios = plan.pairs.map((pair) => {
        const compared = chosen.filter(({ arm }) => pair.includes(arm));
        return { pair, isStratified, ratio: recompute.hazardRatio(compared, pair, isStratified, endpoint.ties, endpoint.conf_level) };
      });
    };

    const row = (kind, ...cells) => element("tr", {}, ...cells.map((cell, place) =>
      element(kind, place ? { class: "figure" } : {}, ...[cell].flat())));

    const say = () => {
      const at = state.hover ?? state.at, level = `${+(100 * endpoint.conf_level).toPrecision(6)}% CI`;
      const found = new Map(arms.map((arm) => [arm.id, { ...arm, ...recompute.survivalAt(arm.curve, at) }]));
      const z = recompute.zOf(endpoint.conf_level), time = `${+at.toFixed(2)} ${plan.unit}`;
      const ofArms = [...found.values()].map((arm) => row("td", [element("span", { class: `arm-${arm.place + 1}` }, "■ "), arm.label],
        interval(arm, percent), arm.members.length ? recompute.atRiskAt(arm.curve, at) : 0, `${arm.members.filter(({ event }) => event).length}/${arm.members.length}`));
      const compared = ratios.map(({ pair: [one, other], ratio, isStratified }) => {
        const [of, to] = [found.get(one), found.get(other)];
        return row("td", `${of.label} relative to ${to.label}`, interval(recompute.difference(of, to, z), points), interval(ratio, fixed) + (isStratified ? ", stratified" : ""));
      });
      const table = (head, body) => element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
      said.replaceChildren(table(row("th", state.chosen.label, `${endpoint.curve_label} at ${time} (${level})`, "At risk", "Events"), ofArms),
        ...(compared.length ? [table(row("th", "Compared", "Difference, percentage points", "Hazard ratio"), compared)] : []));
    };

    const draw = () => {
      const width = Math.max(picture.clientWidth, 280);
      const x = (time) => LEFT + (time / last) * (width - LEFT - RIGHT), y = (share) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
      const steps = (rows, name) => {
        const shown = rows.filter((each) => each.time <= last && !Number.isNaN(each[name]));
        const end = Math.min(rows.at(-1)?.time ?? 0, last);
        return `M${x(0)} ${y(1)}${shown.map((each) => `H${x(each.time).toFixed(2)}V${y(each[name]).toFixed(2)}`).join("")}H${x(end).toFixed(2)}`;
      };
      const band = (rows) => {
        const shown = rows.filter((each) => each.time <= last && !Number.isNaN(each.low));
        if (!shown.length) return "";
        const ends = [...shown.slice(1).map(({ time }) => time), Math.min(rows.at(-1).time, last)];
        const pieces = shown.map((each, place) => `M${x(each.time)} ${y(each.low)}H${x(ends[place])}V${y(each.high)}H${x(each.time)}Z`);
        return pieces.join("");
      };
      const shares = [0, 0.25, 0.5, 0.75, 1], every = Math.ceil((LABEL * endpoint.axis_times.length) / (width - LEFT - RIGHT));
      const grid = shares.flatMap((share) => [drawn("path", { class: "grid", d: `M${LEFT} ${y(share)}H${width - RIGHT}` }),
        drawn("text", { x: LEFT - 6, y: y(share) + 4, "text-anchor": "end" }, `${100 * share}%`)]);
      const ticks = endpoint.axis_times.flatMap((time, place) => [drawn("path", { class: "grid", d: `M${x(time)} ${y(0)}v5` }),
        ...(place % every ? [] : [drawn("text", { x: x(time), y: HEIGHT - BOTTOM + 19, "text-anchor": "middle" }, String(time))])]);
      const curves = arms.filter(({ members }) => members.length).map(({ place, curve }) => drawn("g", { class: `arm-${place + 1}` },
        ...(arms.length <= MOST_BANDS ? [drawn("path", { class: "band", d: band(curve.rows) })] : []),
        drawn("path", { class: "curve", d: steps(curve.rows, "survival") })));
      const line = drawn("path", { class: "at" }), dots = drawn("g", {});
      const mark = () => {
        const at = state.hover ?? state.at;
        line.setAttribute("d", `M${x(at)} ${TOP}V${y(0)}`);
        dots.replaceChildren(...arms.filter(({ members }) => members.length).flatMap(({ place, curve }) => {
          const { value } = recompute.survivalAt(curve, at);
          return Number.isNaN(value) ? [] : [drawn("circle", { class: `arm-${place + 1}`, cx: x(at), cy: y(value), r: 4 })];
        }));
      };
      const label = `${endpoint.label}: Kaplan–Meier estimate by arm, ${state.chosen.label}. Left and right arrow keys move the landmark.`;
      const svg = drawn("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, tabindex: 0, role: "img", "aria-label": label }, ...grid, ...ticks, ...curves, line, dots);
      const hovered = (event) => {
        const box = svg.getBoundingClientRect(), time = ((event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * last;
        state.hover = Math.min(last, Math.max(0, time));
        mark();
        say();
      };
      svg.addEventListener("pointermove", hovered);
      svg.addEventListener("pointerdown", hovered);
      svg.addEventListener("pointerleave", () => { state.hover = null; mark(); say(); });
      svg.addEventListener("click", () => { if (state.hover !== null) moveTo(Math.round(state.hover / step) * step); });
      svg.addEventListener("keydown", (event) => {
        const moves = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
        if (!moves) return;
        event.preventDefault();
        moveTo(state.at + moves * Math.max(step, +(last / 100).toPrecision(1)));
      });
      picture.replaceChildren(svg);
      state.mark = mark;
      mark();
    };

    const moveTo = (time) => {
      if (!Number.isFinite(time)) return;
      state.at = +Math.min(last, Math.max(0, time)).toFixed(4);
      state.hover = null;
      slider.value = field.value = state.at;
      state.mark();
      say();
    };
    const renew = () => { estimate(); draw(); say(); };
    slider.addEventListener("input", () => moveTo(parseFloat(slider.value)));
    field.addEventListener("change", () => moveTo(parseFloat(field.value)));
    patientsSelect.addEventListener("change", () => { state.chosen = some[patientsSelect.value]; renew(); });
    scaleSelect.addEventListener("change", () => { state.scale = scales[scaleSelect.value]; renew(); });
    renew();
    let drawnAt = picture.clientWidth;
    new ResizeObserver(() => {
      if (picture.clientWidth && picture.clientWidth !== drawnAt) { drawnAt = picture.clientWidth; draw(); }
    }).observe(picture);
  };

  recomputed.done?.then((found) => {
    if (!found) return;
    const { data } = found;
    for (const host of document.querySelectorAll(".explorer")) {
      if (!data.patients.some(({ endpoint }) => endpoint === host.dataset.endpoint)) continue;
      host.hidden = false;
      const build = () => { if (host.open && !host.querySelector(".controls")) explorer(host, data); };
      host.addEventListener("toggle", build);
      build();
    }
  });
})();
