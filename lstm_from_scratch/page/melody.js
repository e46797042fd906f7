/* What the buttons do with the melody: go on, change a note, save, paste. */

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
  showMeter();
}

/** The list of meters says the melody's, also one that is not among them. */
function showMeter() {
  const name = song.meter.join("/");
  const list = element("meter");
  if (![...list.options].some((option) => option.value === name)) list.append(make("option", {}, name));
  list.value = name;
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

/** Begin with what is chosen: a tune, cut at a barline, or a melody that came with the page, all of it. */
function beginAsChosen() {
  const chosen = beginnings[element("tune").value];
  if (!chosen) return clear();
  const { title, upbeat } = chosen;
  const meter = chosen.meter ?? [4, 4];
  const bars = data.tunes.includes(chosen) ? Number(element("bars").value) : Infinity;
  const symbols = chosen.symbols.slice(0, upbeat + bars * barLength(meter));
  const own = symbols.map((/** @type {string} */ _, /** @type {number} */ t) => t < (chosen.own ?? Infinity));
  song.set({ symbols, own, meter, upbeat, title, complete: own.every(Boolean), untouched: true });
  showMeter();
  noteChanged();
  element("scroller").scrollLeft = 0;
}

/** Change the selected note: its pitch, or null for a rest. @param {number|null} pitch */
function changeNote(pitch) {
  const note = song.notes.find(({ start }) => start === shown.selected);
  if (!note || (pitch !== null && !pitches.includes(pitch)) || (pitch === null && !(REST in network.id)))
    return;
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
  while (!pitches.includes(pitch) && pitch > Math.min(...pitches) && pitch < Math.max(...pitches))
    pitch += semitones;
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
  else if (typeof OfflineAudioContext === "function")
    content = wavFile(await renderMelody(song.symbols, settings.tempo), RATE);
  else return say("This browser cannot make sounds; MIDI and kern can be saved.");
  const link = make("a", { href: URL.createObjectURL(new Blob([content])), download: `${name}.${kind}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function useText() {
  try {
    const symbols = parseText(element("text").value, network.id);
    if (symbols.length > LONGEST)
      throw new Error(`That is longer than ${LONGEST} symbols, which is the most this page holds.`);
    player.stop();
    song.keep();
    song.set({ symbols, meter: song.meter });
    showText(true);
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
