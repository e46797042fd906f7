/* The report below the page: what was measured and what was done. All that comes from elsewhere is text. */

/** An element with attributes and children. @param {string} name @param {Object<string, any>} attributes
 * @param {...(Node|string)} children */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** An SVG as a picture with its text; as data it can neither run a script nor load anything.
 * @param {string} svg in base64 @param {string} text */
const picture = (svg, text) => make("img", { alt: text, src: `data:image/svg+xml;base64,${svg}`, loading: "lazy" });

/** A table with a heading a row. @param {string[]} head @param {string[][]} rows */
function table(head, rows) {
  const cells = (/** @type {string[]} */ row) =>
    row.map((text, k) => (k ? make("td", {}, text) : make("th", { scope: "row" }, text)));
  const heads = head.map((text) => (text ? make("th", { scope: "col" }, text) : make("td", {})));
  const body = rows.map((row) => make("tr", {}, ...cells(row)));
  const found = make("table", {}, ...(head.length ? [make("thead", {}, make("tr", {}, ...heads))] : []), make("tbody", {}, ...body));
  return make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": head.length ? "Measures" : "What was done" }, found);
}

/** @param {any} melody @param {function(string[], number): void} show */
function melodySection(melody, show) {
  const button = make("button", { type: "button" }, "Show and play it above");
  button.addEventListener("click", () => show(melody.symbols, melody.temperature));
  const files = melody.files.flatMap((/** @type {string} */ file) => [
    " ",
    make("a", { href: file, download: "" }, file.slice(file.lastIndexOf(".") + 1)),
  ]);
  return make(
    "section", { class: "melody" },
    make("h3", {}, `Temperature ${melody.temperature}`),
    picture(melody.score, `Score of the melody drawn at temperature ${melody.temperature}.`),
    make("p", {}, button, " Files:", ...files),
    make("p", { class: "quiet" }, melody.text),
  );
}

/** Put the report into its place. @param {any} report @param {HTMLElement} element
 * @param {function(string[], number): void} show */
function showReport(report, element, show) {
  element.append(
    make("h2", {}, "Five melodies"),
    make("p", {}, "One network, five temperatures: the first is cautious, the last is wild."),
    ...report.melodies.map((/** @type {any} */ melody) => melodySection(melody, show)),
    make("p", { class: "quiet" }, report.human_span),
    make("h2", {}, "How well does it predict songs that it has never seen?"),
    table(report.measures.head, report.measures.rows),
    ...report.measures.text.map((/** @type {string} */ text) => make("p", {}, text)),
    make("h2", {}, "How it learnt"),
    make("figure", {}, picture(report.curves.svg, report.curves.text)),
    make("h2", {}, "What was done"),
    table([], report.facts),
  );
  /** @type {HTMLElement} */ (element.closest("details")).hidden = false;
}
