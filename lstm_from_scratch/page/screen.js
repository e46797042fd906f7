/* The page: its parts, what is chosen and pointed at, and drawing it. */

const data = JSON.parse(element("data").textContent);
const network = new Network(data.model);
const song = new Song(network);
const beginnings = [...data.melodies, ...data.tunes];
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
const inside = new Inside(
  /** @type {any} */ (element("map")),
  /** @type {any} */ (element("curve")),
  song,
  axis,
  data.units,
);
const pitches = network.symbols.filter((symbol) => /^\d+$/.test(symbol)).map(Number);
const piano = new Piano(element("piano"), pitches, recorder);
const learning =
  data.learning && new Learning(data.learning, element("learning"), (symbols) => showMelody(symbols));

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
  const t =
    shown.pointed >= 0
      ? shown.pointed
      : cursor >= 0
        ? Math.floor(cursor)
        : shown.pinned >= 0
          ? shown.pinned
          : song.length;
  return Math.min(t, song.length);
}

function showControls() {
  element("go-name").textContent = player.playing ? "Stop" : song.ended ? "Play" : "Go on";
  element("go").firstElementChild.textContent = player.playing ? "■" : "▶";
  element("undo").disabled = !song.history.length;
  element("listen").disabled = element("clear").disabled = !song.length;
  const note = song.notes.find(({ start }) => start === shown.selected);
  for (const id of ["higher", "lower", "rest"]) element(id).disabled = !note || note.pitch === null;
  element("length").style.width = `${GUTTER + (song.length + 4) * axis.cell}px`;
  tellGates();
  showText(false);
}

/** The melody as text, unless somebody has changed that text and not used it yet. @param {boolean} anyway */
function showText(anyway) {
  const text = song.symbols.join(" ");
  if (!anyway && (text === showText.written || element("text").value !== showText.written)) return;
  element("text").value = showText.written = text;
}
showText.written = "";
