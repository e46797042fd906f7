/* What comes next: the distribution over the next symbol, as bars. */

const nextRows = Array.from({ length: 9 }, () => {
  const row = make(
    "li",
    {},
    make("span", {}),
    make("span", { class: "bar" }, make("i", {}), make("i", {})),
    make("span", {}),
  );
  element("next").append(row);
  return row;
});

/** The distribution over the symbol of place t, at temperature 1 and at the chosen one. @param {number} t */
function showNext(t) {
  const moment = song.trace[t];
  if (!moment) return;
  const p = moment.logp.map(Math.exp);
  const q = tempered(moment.logp, settings.temperature);
  const order = [...p.keys()].sort((a, b) => p[b] - p[a]).slice(0, nextRows.length);
  const chosen = network.id[song.symbols[t]];
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
  nextRows.forEach((row, k) => {
    row.hidden = k >= order.length;
    if (row.hidden) return;
    const [name, bar, number] = row.children;
    name.textContent = symbolName(network.symbols[order[k]]);
    bar.children[0].style.width = percent(p[order[k]]);
    bar.children[1].style.width = percent(q[order[k]]);
    number.textContent = percent(p[order[k]]).replace("%", " %");
    row.classList.toggle("chosen", order[k] === chosen);
  });
  element("next-text").textContent = nextInWords(t);
}

/** @param {number} t */
function nextInWords(t) {
  const key = "Bars: what the network expects. Outlines: what temperature makes of it.";
  const looks = song.trace[t].looks;
  const copied = looks ? ` Copied from where the arcs lead: ${Math.round(100 * (1 - looks[0]))} %.` : "";
  const place = placeName(t, song.meter, song.upbeat);
  if (t >= song.length) return `${key} Next: ${place}.${copied}`;
  const symbol = song.symbols[t];
  const bits = song.surprise(t).toFixed(1);
  return `${key} At ${place} came ${symbolName(symbol)}: ${bits} bits of surprise.${copied}`;
}
