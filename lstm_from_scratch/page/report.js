/* The report below the page: what was measured and what was done. All that comes from elsewhere stays text. */

/** An element with attributes and children. @param {string} name @param {Object<string, any>} attributes
 * @param {...(Node|string)} children @returns {any} */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** An SVG as a picture with its text; as data it can neither run a script nor load anything.
 * Where the screen is too narrow to read it, it is scrolled. @param {string} svg in base64 @param {string} text */
function makePicture(svg, text) {
  const image = make("img", { alt: text, src: `data:image/svg+xml;base64,${svg}` });
  return make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": text }, image);
}

/** A table whose rows begin with their names. @param {string} name @param {string[]} head @param {string[][]} rows */
function makeTable(name, head, rows) {
  const heads = head.map((text) => make(text ? "th" : "td", text ? { scope: "col" } : {}, text));
  const body = rows.map(([first, ...others]) =>
    make("tr", {}, make("th", { scope: "row" }, first), ...others.map((text) => make("td", {}, text))),
  );
  const table = make(
    "table",
    {},
    ...(head.length ? [make("thead", {}, make("tr", {}, ...heads))] : []),
    make("tbody", {}, ...body),
  );
  return make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": name }, table);
}

/** @param {any} melody @param {(symbols: string[]) => void} show */
function melodySection({ temperature, entropy, length, span, files, score, symbols }, show) {
  const button = make("button", { type: "button" }, "Show and play it above");
  button.addEventListener("click", () => show(symbols));
  const links = files.flatMap((/** @type {string} */ file) => [
    " ",
    make("a", { href: file, download: "" }, file.split(".").pop()),
  ]);
  return make(
    "section",
    { class: "melody" },
    make("h3", {}, `Temperature ${temperature}`),
    makePicture(score, `Score of the melody drawn at temperature ${temperature}.`),
    make("p", {}, button, " Files:", ...links),
    make(
      "p",
      { class: "quiet" },
      `${length}. Entropy, how open its choices were: ${entropy.toFixed(2)} nats a symbol. ` +
        `The longest run that also stands in a training song: ${span[0]} symbols, ${span[1]} of them beginnings of notes or rests.`,
    ),
  );
}

/** The network beside models that only count. @param {Object<string, any>} measures */
function measuresSection(measures) {
  const rows = Object.entries(measures).map(([name, m]) => [
    name,
    m.nats_per_symbol.toFixed(3),
    m.interval.map((/** @type {number} */ n) => n.toFixed(3)).join(" to "),
    m.bits_per_onset.toFixed(2),
    `${(100 * m.onset_accuracy).toFixed(1)} %`,
    `${(100 * m.accuracy).toFixed(1)} %`,
  ]);
  const rivals = Object.entries(measures).filter(([name]) => name !== "network");
  const [best, { nats_per_symbol: least }] = rivals.reduce((a, b) =>
    a[1].nats_per_symbol <= b[1].nats_per_symbol ? a : b,
  );
  const own = measures.network.nats_per_symbol;
  return [
    makeTable(
      "Measures",
      ["", "nats a symbol", "95 % interval", "bits an onset", "onset accuracy", "accuracy"],
      rows,
    ),
    make(
      "p",
      {},
      `The network is surprised by ${own.toFixed(3)} nats a symbol, the best of the models that count, ${best}, by ${least.toFixed(3)}: a ratio of ${(own / least).toFixed(2)}. Lower is better.`,
    ),
    make(
      "p",
      { class: "quiet" },
      "A nat is how surprised one is by something that one had given the probability 1/e; a bit, by something of probability 1/2. The interval is where the figure would fall in 95 of 100 draws of other songs. An onset is where a note or a rest begins: most symbols only hold a note and are easy to guess, so the onset accuracy says more. A 5-gram counts what followed the last four symbols in the training songs.",
    ),
  ];
}

/** Put the report into its place. @param {any} report @param {HTMLElement} place @param {(symbols: string[]) => void} show */
function showReport(report, place, show) {
  place.append(
    make("h2", {}, `${report.melodies.length} melodies`),
    make("p", {}, "One network at several temperatures: the first is cautious, the last is wild."),
    ...report.melodies.map((/** @type {any} */ melody) => melodySection(melody, show)),
    make("p", { class: "quiet" }, report.human_span),
    make("h2", {}, "How well does it predict songs that it has never seen?"),
    ...measuresSection(report.measures),
    make("h2", {}, "How it learnt"),
    makePicture(
      report.curves,
      "Two charts against training steps: loss in nats a symbol and onset accuracy, each for the training and the validation part, with the models that count as horizontal lines.",
    ),
    make("h2", {}, "What was done"),
    makeTable("What was done", [], report.facts),
  );
  place.closest("details").hidden = false;
}
