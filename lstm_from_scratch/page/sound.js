/* The instrument: a soft plucked tone by WebAudio, for the speakers or, rendered at once, for a file. */

const PARTIALS = 10;
const DARKNESS = 1.3; // partial k has the amplitude k ** -DARKNESS
const ATTACK = 0.008; // seconds
const RELEASE = 0.06; // seconds in which a tone falls to 1/e once it is let go
const SUSTAIN = 1.1; // seconds in which a held tone falls to 1/e
const RATE = 44100;

/** What every tone goes through on its way out: a little reverberation, and a limit. @param {BaseAudioContext} context */
function makeOutput(context) {
  const output = context.createGain();
  output.gain.value = 0.5;
  const limit = context.createDynamicsCompressor();
  const room = context.createConvolver();
  room.buffer = roomEcho(context);
  const wet = context.createGain();
  wet.gain.value = 0.12;
  output.connect(limit);
  output.connect(room).connect(wet).connect(limit);
  limit.connect(context.destination);
  return output;
}

/** The echo of a small room: noise that fades, the same each time. @param {BaseAudioContext} context */
function roomEcho(context) {
  const echo = context.createBuffer(1, Math.round(0.9 * context.sampleRate), context.sampleRate);
  const samples = echo.getChannelData(0);
  const uniform = generator(1);
  for (let k = 0; k < samples.length; k++) {
    samples[k] = (2 * uniform() - 1) * Math.exp((-7 * k) / samples.length);
  }
  return echo;
}

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). @param {number} seed */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Begin a tone at a time of the context; the answer lets it go at a later one.
 * @param {BaseAudioContext} context @param {AudioNode} output @param {number} pitch @param {number} time */
function beginTone(context, output, pitch, time) {
  const frequency = 440 * 2 ** ((pitch - 69) / 12);
  const tone = context.createOscillator();
  const sine = Float32Array.from({ length: PARTIALS + 1 }, (_, k) => (k ? k ** -DARKNESS : 0));
  tone.setPeriodicWave(context.createPeriodicWave(new Float32Array(PARTIALS + 1), sine));
  tone.frequency.value = frequency;
  const filter = context.createBiquadFilter(); // the upper partials fade first, as those of a string do
  filter.type = "lowpass";
  filter.Q.value = 0.3;
  filter.frequency.setValueAtTime(Math.min(8 * frequency + 1500, 0.45 * context.sampleRate), time);
  filter.frequency.setTargetAtTime(2 * frequency + 300, time, 0.35);
  const loudness = context.createGain();
  loudness.gain.setValueAtTime(0, time);
  loudness.gain.linearRampToValueAtTime(0.9, time + ATTACK);
  loudness.gain.setTargetAtTime(0, time + ATTACK, SUSTAIN);
  tone.connect(filter).connect(loudness).connect(output);
  tone.start(time);
  tone.stop(time + 8);
  return (/** @type {number} */ end) => {
    const from = Math.max(end, time + ATTACK);
    loudness.gain.setTargetAtTime(0, from, RELEASE);
    tone.stop(from + 10 * RELEASE);
  };
}

/** The melody as samples, as the page would play it; it ends in silence.
 * @param {string[]} symbols @param {number} tempo @returns {Promise<Float32Array>} */
async function renderMelody(symbols, tempo) {
  const sixteenth = 15 / tempo;
  const seconds = symbols.length * sixteenth + 1.6;
  const context = new OfflineAudioContext(1, Math.ceil(seconds * RATE), RATE);
  const output = makeOutput(context);
  for (const { pitch, start, length } of notesOf(symbols)) {
    if (pitch !== null) beginTone(context, output, pitch, start * sixteenth)((start + length) * sixteenth);
  }
  return (await context.startRendering()).getChannelData(0);
}
