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

  const rowsOf = async ({ file, where, filled, columns, among }) => {
    const table = rowsOfCsv(await textOf(`analysis_data/${file}.csv`));
    let rows = table.rows.filter((row) => holds(row, where) && (!filled || row[filled] !== ""));
    if (among) {
      const other = rowsOfCsv(await textOf(`analysis_data/${among.file}.csv`)).rows;
      const inside = other.filter((row) => holds(row, among.where) && (!among.between || isBetween(row, among.between)));
      const patients = new Set(inside.map((row) => row.patient));
      rows = rows.filter((row) => patients.has(row.patient));
    }
    const shown = columns ?? table.header;
    return { header: table.header.filter((name) => shown.includes(name) && name !== "data"), rows };
  };

  const tableOf = ({ header, rows }) => {
    const line = (cells, kind) => element("tr", {}, ...cells.map((text) => element(kind, {}, text)));
    const body = rows.map((row) => line(header.map((name) => row[name]), "td"));
    const head = line(header.map((name) => name.replaceAll("_", " ")), "th");
    return element("div", { class: "scroll" }, element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)));
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
    const found = await rowsOf(rows);
    const count = `${found.rows.length} ${found.rows.length === 1 ? "row" : "rows"} of ${rows.file}.csv.`;
    show("sheet", title, element("p", { class: "note" }, count), tableOf(found));
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

  const showDoor = async (id) => {
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
    if (door.rows) say("rows", button("the rows that it rests on", () => showRows(door.label, door.rows)));
    say("made by", button(`notebook ${door.run}, cell ${door.cell}`, () => showNotebook(door.run, id)));
    const checks = (door.checks ?? []).map(([program, version, quantity, other, difference]) =>
      element("li", {}, `${program} ${version}: ${quantity} ${other}, relative difference ${difference}`));
    say("computed again", checks.length ? element("ul", {}, ...checks) : "by no other program");
    for (const [published, source, verdict] of door.claims ?? []) say("published", `${published}, ${source}: ${verdict}`);
    if (actions.recomputed) say("this page", ...await actions.recomputed(door.name));
    say("name", element("code", {}, door.name));
    show("door", door.label, element("p", { class: "headline" }, door.text), list);
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
    if (number) showDoor(number);
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
    closed.push(...document.querySelectorAll("details:not([open])"));
    closed.forEach((each) => each.setAttribute("open", ""));
  });
  window.addEventListener("afterprint", () => closed.splice(0).forEach((each) => each.removeAttribute("open")));
  return { actions, element, packed, textOf, rowsOfCsv };
})();
