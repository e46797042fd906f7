/* A melody as files: MIDI, **kern and WAV, byte by byte. */

/** A number as bytes, the most significant first. @param {number} value @param {number} bytes */
const bigEndian = (value, bytes) =>
  Array.from({ length: bytes }, (_, k) => (value >>> (8 * (bytes - 1 - k))) & 255);

/** A number as MIDI's variable-length bytes of seven bits. @param {number} value */
function variableLength(value) {
  const bytes = [value & 127];
  while ((value >>= 7)) bytes.unshift((value & 127) | 128);
  return bytes;
}

/** A MIDI file of one track. @param {string[]} symbols @param {number} tempo @param {number[]} meter */
function midiFile(symbols, tempo, meter) {
  const SIXTEENTH = 24; // ticks, so that a quarter has 96
  const track = [0, 0xff, 0x51, 3, ...bigEndian(Math.round(60e6 / tempo), 3)];
  track.push(0, 0xff, 0x58, 4, meter[0], Math.log2(meter[1]), 24, 8);
  let waited = 0;
  for (const { pitch, length } of notesOf(symbols)) {
    const ticks = length * SIXTEENTH;
    if (pitch === null) waited += ticks;
    else {
      track.push(...variableLength(waited), 0x90, pitch, 80, ...variableLength(ticks), 0x80, pitch, 0);
      waited = 0;
    }
  }
  track.push(...variableLength(waited), 0xff, 0x2f, 0);
  const text = (/** @type {string} */ letters) => [...letters].map((letter) => letter.charCodeAt(0));
  const header = [
    ...text("MThd"),
    ...bigEndian(6, 4),
    ...bigEndian(0, 2),
    ...bigEndian(1, 2),
    ...bigEndian(96, 2),
  ];
  return Uint8Array.from([...header, ...text("MTrk"), ...bigEndian(track.length, 4), ...track]);
}

/** What a note head can last, in 16ths, the longest first, with its name in **kern. @type {[number, string][]} */
const KERN_VALUES = [
  [16, "1"],
  [14, "2.."],
  [12, "2."],
  [8, "2"],
  [7, "4.."],
  [6, "4."],
  [4, "4"],
  [3, "8."],
  [2, "8"],
  [1, "16"],
];

/** A pitch in **kern: 60 is c, 72 is cc, 48 is C. @param {number} pitch */
function kernPitch(pitch) {
  const [letter, accidental] = PITCH_NAMES[pitch % 12].replace("♯", "#").replace("♭", "-");
  const octave = Math.floor(pitch / 12) - 1;
  const letters = octave > 3 ? letter.toLowerCase().repeat(octave - 3) : letter.repeat(4 - octave);
  return letters + (accidental ?? "");
}

/** **kern text: notes cut at the barlines and into values that can be written, tied where they were cut.
 * @param {string[]} symbols @param {number[]} meter @param {number} upbeat @param {string} title */
function kernText(symbols, meter, upbeat, title) {
  const lines = title ? [`!!!OTL: ${title}`] : [];
  lines.push("**kern", `*M${meter[0]}/${meter[1]}`);
  const bar = barLength(meter);
  let room = upbeat || bar;
  let number = upbeat ? 0 : 1;
  if (!upbeat) lines.push("=1-");
  for (const { pitch, length } of notesOf(symbols)) {
    for (let left = length, tied = false; left > 0;) {
      if (!room) {
        lines.push(`=${++number}`);
        room = bar;
      }
      const [value, name] = KERN_VALUES.find(([value]) => value <= Math.min(left, room));
      left -= value;
      room -= value;
      if (pitch === null) lines.push(`${name}r`);
      else {
        const begins = !tied && left > 0 ? "[" : "";
        const ends = tied ? (left > 0 ? "_" : "]") : "";
        lines.push(begins + name + kernPitch(pitch) + ends);
      }
      tied = left > 0;
    }
  }
  // A last barline would make an upbeat of a melody that ends inside its first full bar.
  if (symbols.length >= (upbeat || bar)) lines.push("==");
  return `${[...lines, "*-"].join("\n")}\n`;
}

/** A WAV file, 16-bit mono. @param {Float32Array} samples between -1 and 1 @param {number} rate a second */
function wavFile(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (/** @type {number} */ at, /** @type {string} */ letters) =>
    [...letters].forEach((letter, k) => view.setUint8(at + k, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, view.byteLength - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // plain samples
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, k) =>
    view.setInt16(44 + 2 * k, Math.round(32767 * Math.max(-1, Math.min(1, sample))), true),
  );
  return new Uint8Array(view.buffer);
}
