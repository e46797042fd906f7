/* Symbols and notes: one symbol a 16th, a MIDI number where a note begins, `r` for a rest, `_` while it lasts. */

/** @typedef {{pitch: number|null, start: number, length: number}} Note  start and length in 16ths; null is a rest */

/** The notes that symbols stand for. @param {string[]} symbols @returns {Note[]} */
function notesOf(symbols) {
  /** @type {Note[]} */
  const notes = [];
  symbols.forEach((symbol, start) => {
    const last = notes[notes.length - 1];
    if (symbol === HOLD || (symbol === REST && last && last.pitch === null)) last.length += 1;
    else notes.push({ pitch: symbol === REST ? null : Number(symbol), start, length: 1 });
  });
  return notes;
}

/** The symbols of one note. @param {number|null} pitch @param {number} length @returns {string[]} */
const symbolsOf = (pitch, length) => [pitch === null ? REST : String(pitch), ...Array(length - 1).fill(HOLD)];

const PITCH_NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B"];
const BLACK = new Set([1, 3, 6, 8, 10]);

/** 60 is C4. @param {number} pitch */
const pitchName = (pitch) => PITCH_NAMES[pitch % 12] + (Math.floor(pitch / 12) - 1);

/** A symbol in words. @param {string} symbol */
function symbolName(symbol) {
  /** @type {Record<string, string>} */
  const words = { [HOLD]: "hold", [REST]: "rest", [DELIMITER]: "end" };
  return words[symbol] ?? pitchName(Number(symbol));
}

/** The symbols of a pasted text; throws an Error in one sentence. @param {string} text @param {Object} known */
function parseText(text, known) {
  const symbols = text
    .trim()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (!symbols.length) throw new Error("There is no text: paste symbols such as 60 _ _ _ 62 _ _ _.");
  symbols.forEach((symbol, place) => {
    if (symbol in known && symbol !== DELIMITER) return;
    const shown = symbol.length > 20 ? `${symbol.slice(0, 20)}…` : symbol;
    throw new Error(
      `Symbol ${place + 1}, “${shown}”, is none that this network knows: use the MIDI number of a note, r for a rest, _ to hold.`,
    );
  });
  if (symbols[0] === HOLD) throw new Error("A melody cannot begin with _: there is no note to hold.");
  return symbols;
}

/** 16ths in a bar. @param {number[]} meter */
const barLength = ([beats, unit]) => (16 * beats) / unit;

/** Where each bar begins, in 16ths; a first bar shorter than the others is the upbeat.
 * @param {number} length @param {number[]} meter @param {number} upbeat */
function barStarts(length, meter, upbeat) {
  const starts = [];
  for (let start = upbeat; start <= length; start += barLength(meter)) starts.push(start);
  return starts;
}

/** The place of a 16th as a musician says it. @param {number} t @param {number[]} meter @param {number} upbeat */
function placeName(t, meter, upbeat) {
  if (t < upbeat) return "the upbeat";
  const bar = barLength(meter);
  const beat = 16 / meter[1];
  const within = (t - upbeat) % bar;
  const sixteenth = within % beat;
  const part = sixteenth ? `, ${sixteenth + 1}${["st", "nd", "rd"][sixteenth] ?? "th"} 16th` : "";
  return `bar ${Math.floor((t - upbeat) / bar) + 1}, beat ${Math.floor(within / beat) + 1}${part}`;
}
