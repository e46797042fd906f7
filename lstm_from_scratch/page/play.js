/* The page: what is chosen, what is pointed at, and what each control does. */

const data = JSON.parse(element("data").textContent);
const network = new Network(data.model);
const song = new Song(network);
const settings = {
  temperature: 0.6,
  tempo: 112,
  loop: false,
  uniform: generator(Number(new URLSearchParams(location.search).get("seed") ?? Date.now() % 1e9)),
};
// What is pointed at: a moment under the pointer, a moment that was clicked, the first 16th of a selected note.
const shown = { pointed: -1, pinned: -1, selected: -1 };
const player = new Player(song, settings, redraw);
const recorder = new Recorder(player, noteChanged);
const axis = new TimeAxis(element("scroller"));
const roll = new Roll(/** @type {any} */ (element("roll")), song, axis);
const inside = new Inside(/** @type {any} */ (element("map")), /** @type {any} */ (element("curve")), song, axis, data.units);
const pitches = network.symbols.filter((symbol) => /^\d+$/.test(symbol)).map(Number);
const piano = new Piano(element("piano"), pitches, recorder);
const learning = data.learning && new Learning(data.learning, element("learning"), (symbols) => showMelody(symbols));

/** @param {string} id @returns {any} */
function element(id) {
  return document.getElementById(id);
}

/** Say something in one sentence, for a while. @param {string} text */
function say(text) {
  element("message").textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (element("message").textContent = ""), 7000);
}
say.timer = 0;

// --- Drawing: at most once a frame, and only when something changed

let drawing = 0;
function redraw() {
  drawing ||= requestAnimationFrame(drawPage);
}

function drawPage() {
  drawing = 0;
  const all = song.compute(song.length, 12); // a model of windows takes longer than a frame
  const cursor = player.place;
  const t = momentShown(cursor);
  if (player.playing) axis.show(cursor);
  const sounding = player.playing ? song.noteAt(Math.floor(cursor)) : undefined;
  const lines = { cursor, moment: player.playing && shown.pointed < 0 ? -1 : t };
  roll.draw({ ...lines, selected: shown.selected, sounding: sounding?.start ?? -1 });
  inside.draw(lines);
  piano.light(sounding?.pitch ?? null, sounding ? song.own[sounding.start] : true);
  showNext(t);
  showControls();
  if (!all || player.playing) redraw();
}

/** The moment to tell of: pointed at, playing, clicked, or the end. @param {number} cursor */
function momentShown(cursor) {
  const t = shown.pointed >= 0 ? shown.pointed : cursor >= 0 ? Math.floor(cursor) : shown.pinned >= 0 ? shown.pinned : song.length;
  return Math.min(t, song.length);
}

function showControls() {
  element("go-name").textContent = player.playing ? "Stop" : "Go on";
  element("go").firstElementChild.textContent = player.playing ? "■" : "▶";
  element("undo").disabled = !song.history.length;
  element("listen").disabled = element("clear").disabled = !song.length;
  const note = song.notes.find(({ start }) => start === shown.selected);
  for (const id of ["higher", "lower", "rest"]) element(id).disabled = !note || note.pitch === null;
  element("length").style.width = `${GUTTER + (song.length + 4) * axis.cell}px`;
  const text = song.symbols.join(" ");
  if (document.activeElement !== element("text") && element("text").value !== text) element("text").value = text;
}

// --- What comes next

const nextRows = Array.from({ length: 9 }, () => {
  const row = make("li", {}, make("span", {}), make("span", { class: "bar" }, make("i", {}), make("i", {})), make("span", {}));
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
  element("next-text").textContent = nextInWords(t, p);
}

/** @param {number} t @param {Float64Array} p */
function nextInWords(t, p) {
  const key = "Bars: what the network expects. Outlines: what temperature makes of it.";
  const place = placeName(t, song.meter, song.upbeat);
  if (t >= song.length) return `${key} Next: ${place}.`;
  const symbol = song.symbols[t];
  const bits = song.surprise(t).toFixed(1);
  return `${key} At ${place} came ${symbolName(symbol)}: ${bits} bits of surprise.`;
}

// --- The melody: what its buttons do

function noteChanged() {
  shown.selected = shown.pinned = -1;
  if (!player.playing) axis.show(song.length);
  redraw();
}

function goOn() {
  if (player.playing) return player.stop();
  if (song.ended || song.length >= LONGEST) return listen();
  shown.selected = shown.pinned = -1;
  song.keep();
  player.start(song.length, true);
  axis.show(song.length);
}

function listen() {
  if (player.playing) return player.stop();
  const from = shown.pinned >= 0 && shown.pinned < song.length ? shown.pinned : 0;
  axis.show(from);
  if (song.length) player.start(from, false);
}

function another() {
  player.stop();
  song.keep();
  song.cut(song.ownEnd);
  shown.selected = shown.pinned = -1;
  player.start(song.length, true);
  axis.show(song.length);
}

function undo() {
  player.stop();
  recorder.last = undefined;
  if (song.undo()) noteChanged();
  element("meter").value = song.meter.join("/");
  redraw();
}

function clear() {
  player.stop();
  song.keep();
  song.set({ meter: song.meter });
  noteChanged();
}

/** Put a melody of the network's own on the roll, and play it. @param {string[]} symbols */
function showMelody(symbols) {
  player.stop();
  song.keep();
  song.set({ symbols, own: symbols.map(() => false), ended: true });
  noteChanged();
  element("scroller").scrollLeft = 0;
  element("stage").scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "start" });
  listen();
}

/** Begin with one of the tunes, cut at a barline. */
function beginWithTune() {
  const tune = data.tunes[element("tune").value];
  if (!tune) return clear();
  const { meter, upbeat, title } = tune;
  const bars = Number(element("bars").value);
  const symbols = tune.symbols.slice(0, upbeat + bars * barLength(meter));
  song.set({ symbols, meter, upbeat, title, complete: true, untouched: true });
  element("meter").value = meter.join("/");
  noteChanged();
  element("scroller").scrollLeft = 0;
}

/** Change the selected note: its pitch, or null for a rest. @param {number|null} pitch */
function changeNote(pitch) {
  const note = song.notes.find(({ start }) => start === shown.selected);
  if (!note || (pitch !== null && !pitches.includes(pitch)) || (pitch === null && !(REST in network.id))) return;
  if (changeNote.kept !== note.start) song.keep(); // moving one note on and on is one change
  changeNote.kept = note.start;
  song.change(note.start, symbolsOf(pitch, note.length));
  song.compute(song.length, 12);
  if (!player.playing && pitch !== null) player.preview(pitch);
  tellNote();
  redraw();
}
changeNote.kept = -1;

/** @param {number} semitones */
function moveNote(semitones) {
  const note = song.notes.find(({ start }) => start === shown.selected);
  if (!note || note.pitch === null) return;
  let pitch = note.pitch + semitones;
  while (!pitches.includes(pitch) && pitch > Math.min(...pitches) && pitch < Math.max(...pitches)) pitch += semitones;
  changeNote(pitch);
}

/** @param {Note|undefined} note */
function select(note) {
  shown.selected = shown.pinned = note ? note.start : -1;
  changeNote.kept = -1;
  tellNote();
  redraw();
}

function tellNote() {
  const note = song.notes.find(({ start }) => start === shown.selected);
  let text = "Click a note to change it.";
  if (note) {
    const name = note.pitch === null ? "a rest" : pitchName(note.pitch);
    const bits = song.surprise(note.start);
    text = `${name}, ${placeName(note.start, song.meter, song.upbeat)}${bits === undefined ? "" : `: ${bits.toFixed(1)} bits of surprise`}`;
  }
  element("where").textContent = text;
}

/** @param {string} kind */
async function save(kind) {
  if (!song.length) return say("There is nothing to save yet: play a few notes first.");
  const name = song.title || "melody";
  let content;
  if (kind === "mid") content = midiFile(song.symbols, settings.tempo, song.meter);
  else if (kind === "krn") content = kernText(song.symbols, song.meter, song.upbeat, song.title);
  else if (typeof OfflineAudioContext === "function") content = wavFile(await renderMelody(song.symbols, settings.tempo), RATE);
  else return say("This browser cannot make sounds; MIDI and kern can be saved.");
  const link = make("a", { href: URL.createObjectURL(new Blob([content])), download: `${name}.${kind}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function useText() {
  try {
    const symbols = parseText(element("text").value, network.id);
    if (symbols.length > LONGEST) throw new Error(`That is longer than ${LONGEST} symbols, which is the most this page holds.`);
    player.stop();
    song.keep();
    song.set({ symbols, meter: song.meter });
    element("text").blur();
    noteChanged();
    say(`${symbols.length} symbols: press space, and the network goes on from them.`);
  } catch (error) {
    say(/** @type {Error} */ (error).message);
  }
}

async function copyText() {
  try {
    await navigator.clipboard.writeText(element("text").value);
    say("Copied.");
  } catch {
    element("text").select();
    say("Press Ctrl+C, or ⌘C, to copy what is selected.");
  }
}

// --- Looking inside

function buildInside() {
  for (const quantity of SHOWN[network.kind]) {
    const button = make("button", { type: "button", "data-quantity": quantity }, QUANTITIES[quantity][0]);
    button.addEventListener("click", () => {
      inside.quantity = quantity;
      insideChanged();
    });
    element("quantities").append(button);
  }
  for (const gate of CLAMPABLE[network.kind]) {
    const choice = make("select", { id: `clamp-${gate}` });
    for (const [value, name] of [["", "free"], ["0", "at 0"], ["1", "at 1"]]) choice.append(make("option", { value }, name));
    choice.addEventListener("change", () => {
      if (choice.value) network.clamped[gate] = Number(choice.value);
      else delete network.clamped[gate];
      networkChanged();
    });
    element("clamps").append(make("div", { class: "clamp" }, make("label", { for: `clamp-${gate}` }, QUANTITIES[gate][0]), choice));
  }
  element("clamps").hidden = !CLAMPABLE[network.kind].length;
  for (const { unit, follows, share } of data.units.stories) {
    const title = `Unit ${unit}: ${follows} explains ${Math.round(100 * share)} % of what it does.`;
    const button = make("button", { type: "button", title }, follows.replace("the place in the ", ""));
    button.addEventListener("click", () => lookAt(unit));
    element("stories").append(button);
  }
  element("unit").max = network.H - 1;
  inside.unit = data.units.stories[0].unit;
  insideChanged();
}

function insideChanged() {
  for (const button of element("quantities").children) {
    button.setAttribute("aria-pressed", String(button.dataset.quantity === inside.quantity));
  }
  element("meaning").textContent = QUANTITIES[inside.quantity][2];
  element("unit").value = String(inside.unit);
  const silent = network.silenced.has(inside.unit);
  element("silence").setAttribute("aria-pressed", String(silent));
  element("silence").textContent = silent ? "Let it speak" : "Silence it";
  const list = [...network.silenced].sort((a, b) => a - b);
  element("silenced").hidden = !list.length;
  element("silenced").textContent = `Silenced: ${list.join(", ")}. Everything is computed without what they say.`;
  redraw();
}

/** @param {number} unit */
function lookAt(unit) {
  if (!(unit >= 0 && unit < network.H)) return;
  inside.unit = unit;
  insideChanged();
}

/** All moments are computed again, and what is sung from now on obeys. */
function networkChanged() {
  song.forget();
  insideChanged();
}

function silence() {
  if (!network.silenced.delete(inside.unit)) network.silenced.add(inside.unit);
  networkChanged();
}

// --- Pointer and keyboard

/** @param {HTMLCanvasElement} canvas */
function pointable(canvas) {
  canvas.addEventListener("pointermove", (event) => {
    const t = axis.t(event.offsetX);
    shown.pointed = event.pointerType === "mouse" && t >= 0 && t <= song.length ? t : -1;
    redraw();
  });
  canvas.addEventListener("pointerleave", () => {
    shown.pointed = -1;
    redraw();
  });
}

function watchRoll() {
  const canvas = element("roll");
  /** @type {{y: number, pitch: number}|null} */
  let drag = null;
  canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    const t = axis.t(event.offsetX);
    const note = song.noteAt(t);
    const near = note?.pitch != null && Math.abs(event.offsetY - roll.y(note.pitch)) < Math.max(10, roll.row);
    select(near ? note : undefined);
    if (!near) shown.pinned = Math.max(0, Math.min(t, song.length));
    drag = near ? { y: event.offsetY, pitch: Number(note?.pitch) } : null;
    if (drag) canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (!drag || !canvas.hasPointerCapture(event.pointerId)) return;
    const pitch = drag.pitch - Math.round((event.offsetY - drag.y) / roll.row);
    if (pitch !== song.notes.find(({ start }) => start === shown.selected)?.pitch) changeNote(pitch);
  });
  canvas.addEventListener("pointerup", () => (drag = null));
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const at = song.notes.findIndex(({ start }) => start === shown.selected);
    const to = { ArrowRight: at + 1, ArrowLeft: at < 0 ? song.notes.length - 1 : at - 1, Home: 0, End: song.notes.length - 1 }[event.key];
    if (to !== undefined) select(song.notes[Math.max(0, Math.min(to, song.notes.length - 1))]);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") moveNote(event.key === "ArrowUp" ? 1 : -1);
    else if (event.key === "Delete") changeNote(null);
    else return;
    if (shown.pinned >= 0) axis.show(shown.pinned);
    event.preventDefault();
  });
}

/** @param {KeyboardEvent} event */
function keyDown(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select, textarea, summary")) return;
  if (event.key === " " && !target.matches("button")) goOn();
  else if (event.key === "Backspace") undo();
  else if (event.key === "z" || event.key === "x") piano.shift(event.key === "x" ? 1 : -1);
  else if (event.key === "Escape") select(undefined);
  else if (!piano.keyDown(event)) return;
  event.preventDefault();
}

function watchControls() {
  const clicks = { go: goOn, listen, another, undo, clear, silence, copy: copyText, paste: useText };
  for (const [id, action] of Object.entries(clicks)) element(id).addEventListener("click", action);
  element("higher").addEventListener("click", () => moveNote(1));
  element("lower").addEventListener("click", () => moveNote(-1));
  element("rest").addEventListener("click", () => changeNote(null));
  element("octave-down").addEventListener("click", () => piano.shift(-1));
  element("octave-up").addEventListener("click", () => piano.shift(1));
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => {
      save(/** @type {HTMLElement} */ (button).dataset.save);
      button.closest("details").open = false;
    });
  }
  for (const id of ["tune", "bars"]) {
    element(id).addEventListener("change", () => {
      player.stop();
      song.keep();
      beginWithTune();
    });
  }
  for (const id of ["temperature", "tempo"]) element(id).addEventListener("input", settingsChanged);
  element("loop").addEventListener("change", settingsChanged);
  element("note-length").addEventListener("change", () => {
    recorder.length = element("note-length").value;
    recorder.last = undefined;
  });
  element("meter").addEventListener("change", () => {
    song.meter = element("meter").value.split("/").map(Number);
    redraw();
  });
  element("order").addEventListener("change", () => {
    inside.order = element("order").value;
    redraw();
  });
  element("close").addEventListener("change", () => {
    inside.close = element("close").checked;
    redraw();
  });
  element("unit").addEventListener("input", () => lookAt(Number(element("unit").value)));
  element("map").addEventListener("click", (/** @type {MouseEvent} */ event) => lookAt(inside.unitAt(event.offsetY)));
  // A button that was clicked would take the space bar for itself.
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (button && event.detail) button.blur();
  });
}

function settingsChanged() {
  settings.temperature = Number(element("temperature").value);
  settings.tempo = Number(element("tempo").value);
  settings.loop = element("loop").checked;
  element("temperature-value").textContent = settings.temperature.toFixed(2);
  element("tempo-value").textContent = String(settings.tempo);
  redraw();
}

function resized() {
  axis.measure();
  piano.build();
  learning?.draw();
  redraw();
}

function begin() {
  if (data.songs) element("title").textContent = `Inside ${network.kind === "lstm" ? "an LSTM" : `a ${network.kind.toUpperCase()}`} that has just learnt ${data.songs.toLocaleString("en")} folk songs`;
  data.tunes.forEach((/** @type {any} */ tune, /** @type {number} */ k) => element("tune").append(make("option", { value: k }, tune.title)));
  readInk();
  buildInside();
  watchControls();
  watchRoll();
  for (const id of ["roll", "map", "curve"]) pointable(element(id));
  addEventListener("keydown", keyDown);
  addEventListener("keyup", (event) => piano.release(event.code));
  addEventListener("blur", () => [...piano.held.keys()].forEach((by) => piano.release(by)));
  element("scroller").addEventListener("scroll", redraw);
  new ResizeObserver(resized).observe(document.body);
  dark.addEventListener("change", () => {
    readInk();
    resized();
  });
  const first = data.tunes.findIndex((/** @type {any} */ tune) => tune.title === "Frère Jacques");
  element("tune").value = data.tunes.length ? String(Math.max(first, 0)) : "";
  if (data.report) showReport(data.report, element("report"), showMelody);
  element("footer").textContent = data.terms;
  if (network.window) say(`This network was trained on windows of ${network.window} symbols: it hears the last ${network.window} again at each step, so it is slower than others.`);
  if (typeof AudioContext !== "function") say("This browser has no WebAudio: the page is silent, and everything else works.");
  settingsChanged();
  if (data.tunes.length) beginWithTune();
}

begin();
// For the curious, in the browser's console, and for the tests.
Object.assign(window, {
  melody: {
    logp: (/** @type {number[]} */ tokens) => logProbabilities(network, tokens),
    compose: (/** @type {any} */ how) => compose(network, how),
    kern: () => kernText(song.symbols, song.meter, song.upbeat, song.title),
    midi: () => midiFile(song.symbols, settings.tempo, song.meter),
    render: () => renderMelody(song.symbols, settings.tempo),
    wav: wavFile,
    network, song, player, settings, inside, roll, redraw,
  },
});
