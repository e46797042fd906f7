/* The whole model: one-hot, recurrent cell, dense layer, softmax, attention; and drawing at a temperature. */

const EARLIEST_END = 64; // symbols before the network may end a melody
const HOLD = "_";
const REST = "r";
const DELIMITER = "/";

/** Float32 weights, little-endian, from base64.
 * @param {string} text @param {Object<string, number[]>} shapes */
function unpack(text, shapes) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  /** @type {Weights} */
  const weights = {};
  let start = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const size = shape.reduce((a, b) => a * b, 1);
    weights[name] = new Float32Array(bytes.buffer, start, size);
    start += 4 * size;
  }
  return weights;
}

/** y - ln sum exp y, the largest subtracted first. @param {Float64Array} y */
function logSoftmax(y) {
  const largest = y.reduce((a, b) => Math.max(a, b));
  const total = y.reduce((sum, y_k) => sum + Math.exp(y_k - largest), 0);
  return y.map((y_k) => y_k - largest - Math.log(total));
}

/** p_k = exp(y_k / T) / sum exp(y / T); T = 0 is the likeliest alone. Scores y or ln p will do. [P III-B3]
 * @param {Float64Array} y @param {number} T */
function tempered(y, T) {
  const largest = y.reduce((a, b) => Math.max(a, b));
  if (T === 0) {
    const likeliest = y.indexOf(largest);
    return y.map((_, k) => (k === likeliest ? 1 : 0));
  }
  const p = y.map((y_k) => Math.exp((y_k - largest) / T));
  const total = p.reduce((a, b) => a + b);
  return p.map((p_k) => p_k / total);
}

/** Where the running sum of p first exceeds the uniform number. @param {Float64Array} p @param {number} uniform */
function draw(p, uniform) {
  const limit = uniform * p.reduce((a, b) => a + b);
  let running = 0;
  for (let k = 0; k < p.length; k++) if ((running += p[k]) > limit) return k;
  return p.findLastIndex((p_k) => p_k > 0);
}

/** -sum p ln p, in nats. @param {Float64Array} p */
const entropy = (p) => -p.reduce((sum, p_k) => (p_k > 0 ? sum + p_k * Math.log(p_k) : sum), 0);

/** The tensors of one layer, without its name. @param {Weights} weights @param {string} layer @returns {Weights} */
function ofLayer(weights, layer) {
  const own = Object.entries(weights).filter(([name]) => name.startsWith(`${layer}.`));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(layer.length + 1), array]));
}

class Network {
  /** @param {any} model what playground.py wrote of the model */
  constructor(model) {
    this.symbols = /** @type {string[]} */ (model.vocabulary);
    this.H = model.units;
    this.kind = /** @type {"lstm"|"gru"|"rnn"} */ (model.cell);
    this.window = model.window; // of a model that is trained on windows, else null
    this.clock = /** @type {number[]} */ (model.clock); // how many values each further input has
    this.clockKinds = /** @type {string[]} */ (model.clock_kinds); // and what they show
    const weights = unpack(model.weights, model.shapes);
    this.recurrent = ofLayer(weights, model.cell);
    this.dense = ofLayer(weights, "dense");
    this.attention = "attention.Wq" in weights ? ofLayer(weights, "attention") : null;
    this.remembers = Boolean(this.window || this.attention); // whether it reads earlier symbols again
    this.id = Object.fromEntries(this.symbols.map((symbol, k) => [symbol, k]));
    /** @type {Set<number>} units whose h is held at 0 */
    this.silenced = new Set();
    /** @type {Object<string, number>} gates held at one value, by name */
    this.clamped = {};
    this.hand = this.hand.bind(this);
  }

  /** What silencing and clamping make of a gate or a state. @type {Hand} */
  hand(name, values) {
    if (name in this.clamped) values.fill(this.clamped[name]);
    if (name === "h") for (const unit of this.silenced) values[unit] = 0;
    return values;
  }

  /** The moment before anything was heard: zeros. @returns {any} */
  zero() {
    const heard = Array(this.window ?? 0).fill(this.id[DELIMITER] ?? 0);
    return { h: new Float64Array(this.H), c: new Float64Array(this.H), heard, keys: [] };
  }

  /** The recurrent cell. The inputs that are 1 are a symbol's, and one of each clock's behind them.
   * @param {any} before @param {number} token @param {number[]} clock @returns {any} */
  cell(before, token, clock) {
    let first = this.symbols.length;
    const ones = [token];
    clock.forEach((value, k) => {
      ones.push(first + value);
      first += this.clock[k];
    });
    return CELLS[this.kind](ones, before, this.recurrent, this.hand);
  }

  /** The moment after a token: gates, states, and `logp`, ln p of the next symbol, whose place the clock says.
   *
   * A model of windows starts from zeros at each symbol, and hears the last `window` of them again.
   * @param {any} before @param {number} token @param {number[]} clock @returns {any} */
  step(before, token, clock = []) {
    let after = before;
    const heard = this.remembers ? [...(this.window ? before.heard.slice(1) : before.heard), token] : [];
    if (this.window) {
      after = this.zero();
      for (const one of heard) after = this.cell(after, one, clock);
    } else after = this.cell(before, token, clock);
    return { ...after, heard, ...this.output(after.h, before.keys, heard) };
  }

  /** The dense layer, and what attention adds to it.
   * @param {Float64Array} h @param {Float64Array[]} keys @param {number[]} heard */
  output(h, keys, heard) {
    const y = times(this.dense.W, h).map((y_k, k) => y_k + this.dense.b[k]);
    if (!this.attention) return { logp: logSoftmax(y) };
    const e = pointerScores(this.attention, h, keys, matchLengths(heard, this.attention.m.length - 1));
    const logp = logMixture(y, e, heard.slice(1));
    const key = times(this.attention.Wk, h); // (8)
    return { logp, looks: tempered(e, 1), keys: [...keys, key] }; // looks: how much it copies nothing, or from where
  }

  /** The moment before a melody's first symbol: only the delimiter was heard. @param {number[]} clock */
  start(clock = []) {
    return this.step(this.zero(), this.id[DELIMITER] ?? 0, clock);
  }

  /** The distribution to draw the symbol of place t from: at a temperature, without what cannot stand there.
   * @param {any} moment @param {number} t @param {number} T @param {string[]} barred */
  choices(moment, t, T, barred = []) {
    const y = moment.logp.slice();
    if (t < EARLIEST_END && DELIMITER in this.id) y[this.id[DELIMITER]] = -Infinity;
    for (const symbol of barred) if (symbol in this.id) y[this.id[symbol]] = -Infinity;
    return tempered(y, T);
  }
}

/** What may not be drawn right after a beginning: a hold of nothing, or of a note that has its full length.
 * @param {string[]} beginning @param {boolean} complete */
function unfitToFollow(beginning, complete) {
  if (beginning.length && !complete) return [];
  return beginning.findLast((symbol) => symbol !== HOLD) === REST ? [HOLD, REST] : [HOLD];
}

/** Draw a melody: the beginning, then what follows, until the network ends it or it has `steps` symbols.
 * @param {Network} network
 * @param {{T: number, beginning?: string[], steps: number, uniform: () => number, complete?: boolean,
 *          meter?: number[], upbeat?: number}} how */
function compose(
  network,
  { T, beginning = [], steps, uniform, complete = false, meter = [4, 4], upbeat = 0 },
) {
  const symbols = [...beginning];
  const clock = () => readClocks(network.clockKinds, heard, meter, upbeat);
  let heard = 0;
  let moment = network.start(clock());
  const hear = (/** @type {number} */ token) => {
    heard += 1;
    moment = network.step(moment, token, clock());
  };
  for (const symbol of beginning) hear(network.id[symbol]);
  while (symbols.length < steps) {
    const first = symbols.length === beginning.length;
    const barred = first ? unfitToFollow(beginning, complete) : [];
    const token = draw(network.choices(moment, symbols.length, T, barred), uniform());
    if (network.symbols[token] === DELIMITER) break;
    symbols.push(network.symbols[token]);
    hear(token);
  }
  return symbols;
}

/** ln p of the symbol after each token, from the zero state, as model.log_probabilities gives it.
 * @param {Network} network @param {number[]} tokens @param {number[][]} clock of each step, if the model has one */
function logProbabilities(network, tokens, clock = []) {
  let moment = network.zero();
  /** @type {number[]} */
  const heard = [];
  return tokens.map((token, t) => {
    heard.push(token);
    const after = network.cell(moment, token, clock[t] ?? []);
    moment = { ...after, ...network.output(after.h, moment.keys, heard) };
    return Array.from(moment.logp);
  });
}
