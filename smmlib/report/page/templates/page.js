"use strict";
// What opens on the page: the door of a number, an executed notebook, rows of a table. Texts of the report are only ever
// set as text; HTML is that of the executed notebooks, within a shadow root where no script and no style of theirs acts.
const page = (() => {
  const MOST_ROWS = 1000; // of a file that is shown; saved, it has all of them
  const unpacked = new Map();
  const actions = {}; // what later parts of the script add to a door

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const packed = (name) => document.querySelector(`script[data-file="${CSS.escape(name)}"]`);

  // A file that is packed in the page, as text.
  const textOf = (name) => {
    if (!unpacked.has(name)) {
      const bytes = Uint8Array.from(atob(packed(name).textContent), (letter) => letter.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      unpacked.set(name, new Response(stream).text());
    }
    return unpacked.get(name);
  };

  // Rows of a CSV file as objects; quotes, and line breaks within them, as RFC 4180 has them.
  const rowsOfCsv = (text) => {
    const rows = [[]];
    let cell = "", quoted = false;
    for (let place = 0; place < text.length; place += 1) {
      const letter = text[place];
      if (quoted && letter === '"' && text[place + 1] === '"') { cell += '"'; place += 1; }
      else if (letter === '"') quoted = !quoted;
      else if (!quoted && letter === ",") { rows.at(-1).push(cell); cell = ""; }
      else if (!quoted && letter === "\n") { rows.at(-1).push(cell); rows.push([]); cell = ""; }
      else if (quoted || letter !== "\r") cell += letter;
    }
    const [header, ...body] = rows.filter((row) => row.length);
    const plain = (text = "") => text.replace(/^'/, ""); // before what a spreadsheet would run
    return { header, rows: body.map((row) => Object.fromEntries(header.map((name, place) => [name, plain(row[place])]))) };
  };

  const holds = (row, where) =>
    Object.entries(where).every(([name, values]) => values.includes(row[name]));

  const isBetween = (row, [name, low, below]) => {
    const value = parseFloat(row[name]);
    return (low === null || value >= low) && (below === null || value < below) && !Number.isNaN(value);
  };

  const patientsAmong = async ({ file, where, between }) => {
    const { rows } = rowsOfCsv(await textOf(`analysis_data/${file}.csv`));
    return new Set(rows.filter((row) => holds(row, where) && (!between || isBetween(row, between))).map(({ patient }) => patient));
  };

  // Which of some rows a count counts, by what its door says of them.
  const countedAmong = async (rows, { where, missing, at_risk: at, grade, among }) => {
    if (where) return (row) => holds(row, where);
    if (missing) return (row) => row[missing] === "";
    if (among) {
      const patients = await patientsAmong(among);
      return ({ patient }) => patients.has(patient);
    }
    if (at !== undefined) {
      const tie = Math.sqrt(Number.EPSILON) * Math.max(1, at);
      return ({ time, entry }) => parseFloat(time) >= at - tie && parseFloat(entry || "-1") < Math.max(at, tie);
    }
    const worst = new Map();
    for (const { patient, worst_grade: text } of rows) worst.set(patient, Math.max(worst.get(patient) ?? 0, parseFloat(text) || 0));
    return ({ patient, events }) => parseFloat(events) > 0 && worst.get(patient) === (grade ?? 0);
  };

  const FIRST = ["time", "event", "reason"]; // columns that answer most questions, before those that say whose they are

  const rowsOf = async ({ file, where, filled, columns, among, counted }) => {
    const table = rowsOfCsv(await textOf(`analysis_data/${file}.csv`));
    let rows = table.rows.filter((row) => holds(row, where) && (!filled || row[filled] !== ""));
    if (among) {
      const patients = await patientsAmong(among);
      rows = rows.filter((row) => patients.has(row.patient));
    }
    const known = table.header.filter((name) => (columns ?? table.header).includes(name) && name !== "data");
    const header = [...FIRST.filter((name) => known.includes(name)), ...known.filter((name) => !FIRST.includes(name))];
    return { header, rows, isCounted: counted && await countedAmong(rows, counted) };
  };

  // A table of rows; those that are counted are marked with a sign and in bold.
  const tableOf = ({ header, rows, isCounted }) => {
    const line = (cells, kind, attributes = {}) => element("tr", attributes, ...cells.map((text) => element(kind, kind === "th" ? { scope: "col" } : {}, text)));
    const mark = (row) => (isCounted ? [isCounted(row) ? "✓" : ""] : []);
    const body = rows.map((row) => line([...mark(row), ...header.map((name) => row[name])], "td", isCounted?.(row) ? { class: "counted" } : {}));
    const head = line([...(isCounted ? ["counted"] : []), ...header.map((name) => name.replaceAll("_", " "))], "th");
    const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
    return element("div", { class: "scroll rows", tabindex: 0, role: "region", "aria-label": "Rows; the table scrolls sideways" }, table);
  };

  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  // How many rows, patients and events: of adverse events these are three numbers.
  const countsOf = (rows) => {
    const patients = new Set(rows.map(({ patient }) => patient)).size;
    const events = rows.reduce((total, row) => total + (parseFloat(row.events) || 0), 0);
    const isOfEvents = rows.some((row) => "events" in row);
    return plural(rows.length, "row") + (isOfEvents || patients !== rows.length ? ` of ${plural(patients, "patient")}` : "") + (isOfEvents ? ` with ${plural(events, "event")}` : "");
  };

  const show = (id, title, ...content) => {
    const dialog = document.getElementById(id);
    const close = element("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
    close.addEventListener("click", () => dialog.close());
    const heading = element("h2", { id: `${id}-title` }, title);
    dialog.setAttribute("aria-labelledby", heading.id);
    dialog.replaceChildren(element("header", {}, heading, close), ...content);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    return dialog;
  };

  const showRows = async (title, rows) => {
    const found = await rowsOf(rows), table = tableOf(found), counted = found.isCounted && found.rows.filter(found.isCounted);
    const said = element("p", { class: "note" }, `${countsOf(found.rows)}, in ${rows.file}.csv.`);
    if (counted) {
      const only = element("input", { type: "checkbox" });
      only.addEventListener("change", () => table.classList.toggle("counted-only", only.checked));
      const isOfEvents = found.rows.some((row) => "events" in row), of = `of these ${found.rows.length} rows`;
      const words = isOfEvents ? `${countsOf(counted)} counted ${of}` : `${counted.length} counted ${of}`;
      said.replaceChildren(element("strong", {}, `${words}, in ${rows.file}.csv.`), " Counted rows are in bold and marked ✓. ",
        element("label", {}, only, " counted only"));
    }
    show("sheet", title, said, table);
  };

  const showNotebook = async (run, anchor) => {
    const host = element("div", { class: "notebook" });
    const root = host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(await textOf("notebook.css"));
    root.adoptedStyleSheets = [style];
    root.innerHTML = `<div class="notebook">${await textOf(`notebooks/${run}.html`)}</div>`;
    show("sheet", `Executed notebook: ${run}`, host);
    const row = anchor && root.getElementById(anchor);
    if (row) {
      row.classList.add("aimed-at");
      row.scrollIntoView({ block: "center" });
    }
  };

  const button = (text, act) => {
    const made = element("button", { type: "button", class: "opens" }, text);
    made.addEventListener("click", act);
    return made;
  };

  const showDoor = async (id, clicked, isOfPatients) => {
    const { numbers, rules } = JSON.parse(await textOf("doors.json"));
    const door = numbers[id];
    if (!door) return;
    const list = element("dl", { class: "door" });
    const say = (term, ...said) => said.length && list.append(element("dt", {}, term), element("dd", {}, ...said));
    if (door.arms) say("compared", door.arms);
    if (door.recorded) say("in the data", door.recorded);
    for (const [words, value] of door.quantities ?? []) say(words, value);
    say("method", door.method);
    if (door.reference) say("reference", door.reference);
    if (rules[door.endpoint]) say("endpoint", rules[door.endpoint]);
    const rows = door.rows && (isOfPatients ? { ...door.rows, counted: undefined } : door.rows);
    if (rows) say("rows", button(rows.counted ? "its rows, with those that are counted" : "the rows that it rests on", () => showRows(door.label, rows)));
    say("made by", button(`notebook ${door.run}, cell ${door.cell}`, () => showNotebook(door.run, id)));
    const checks = (door.checks ?? []).map(([program, version, quantity, other, difference]) =>
      element("li", {}, `${program} ${version}: ${quantity} ${other}, relative difference ${difference}`));
    say("computed again", checks.length ? element("ul", {}, ...checks) : "by no other program");
    for (const [published, source, verdict] of door.claims ?? []) say("published", `${published}, ${source}: ${verdict}`);
    if (door.unpublished) say("published", "not published");
    if (actions.recomputed) say("this page", ...await actions.recomputed(door.name));
    say("name", element("code", {}, door.name));
    if (isOfPatients) list.prepend(element("dt", {}, "the number"), element("dd", {}, door.text));
    else if (clicked && !clicked.startsWith(door.text)) list.prepend(element("dt", {}, "in words"), element("dd", {}, door.text));
    const headline = isOfPatients ? `${clicked} patients` : clicked || door.text;
    show("door", isOfPatients ? `Patients behind ${door.label}` : door.label, element("p", { class: "headline" }, headline), list);
  };

  const download = async (name) => {
    const address = URL.createObjectURL(new Blob([await textOf(name)], { type: "text/csv" }));
    element("a", { href: address, download: name.split("/").at(-1) }).click();
    URL.revokeObjectURL(address);
  };

  const showFile = async (name) => {
    const table = rowsOfCsv(await textOf(name));
    const count = `${table.rows.length} rows${table.rows.length > MOST_ROWS ? `, the first ${MOST_ROWS} below` : ""}. `;
    const said = element("p", { class: "note" }, count, button("Save the file", () => download(name)));
    show("sheet", name, said, tableOf({ header: table.header, rows: table.rows.slice(0, MOST_ROWS) }));
  };

  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement) event.target.close(); // the ground around an open dialog
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const address = link.getAttribute("href") ?? "";
    const [, run, number] = /^notebooks\/(.+)\.html(?:#(.+))?$/.exec(address) ?? [];
    if (!run && !packed(address)) return;
    event.preventDefault();
    if (number) showDoor(number, link.textContent.trim(), link.dataset.of === "patients");
    else if (run) showNotebook(run);
    else showFile(address);
  });

  const openFromAddress = () => {
    const [, id] = /^#number=(.+)$/.exec(location.hash) ?? [];
    if (id) showDoor(decodeURIComponent(id));
  };
  window.addEventListener("hashchange", openFromAddress);
  openFromAddress();

  const closed = [];
  window.addEventListener("beforeprint", () => {
    // but for the list of every number computed again, which would be a hundred pages of a large report
    closed.push(...document.querySelectorAll("details:not([open]):not(.on-screen)"));
    closed.forEach((each) => each.setAttribute("open", ""));
  });
  window.addEventListener("afterprint", () => closed.splice(0).forEach((each) => each.removeAttribute("open")));
  return { actions, element, packed, textOf, rowsOfCsv };
})();
