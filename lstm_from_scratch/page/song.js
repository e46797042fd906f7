/* The melody on the page: its symbols, whose they are, and what the network was like before each of them. */

const LONGEST = 512; // symbols

class Song {
  /** @param {Network} network */
  constructor(network) {
    this.network = network;
    /** @type {any[]} */
    this.history = [];
    this.set({});
  }

  /** Replace the melody. `own` says of each symbol whether it is the beginning's, not the network's.
   * @param {{symbols?: string[], own?: boolean[], meter?: number[], upbeat?: number, title?: string,
   *          complete?: boolean, untouched?: boolean, ended?: boolean}} parts */
  set({
    symbols = [],
    own,
    meter = [4, 4],
    upbeat = 0,
    title = "",
    complete = false,
    untouched = false,
    ended = false,
  }) {
    this.symbols = [...symbols];
    this.own = own ? [...own] : symbols.map(() => true);
    this.meter = meter;
    this.upbeat = upbeat;
    this.title = title;
    this.complete = complete;
    this.untouched = untouched;
    this.ended = ended;
    if (this.network.clockKinds.length) this.forget();
    this.changedFrom(0);
  }

  get length() {
    return this.symbols.length;
  }

  /** Where the beginning ends: what follows is the network's. */
  get ownEnd() {
    return this.own.lastIndexOf(true) + 1;
  }

  /** Forget the moments that depend on the symbols from place t on. @param {number} t */
  changedFrom(t) {
    /** @type {any[]} trace[t] is the moment before symbol t is heard */
    this.trace = (this.trace ?? []).slice(0, t + 1);
    this.notes = notesOf(this.symbols);
  }

  /** The network was changed: all its moments are to be computed again. */
  forget() {
    this.trace = [];
  }

  /** Compute moments up to place t, but no longer than some milliseconds; says whether all are there.
   * @param {number} t @param {number} milliseconds */
  compute(t = this.length, milliseconds = Infinity) {
    const deadline = performance.now() + milliseconds;
    if (!this.trace.length) this.trace.push(this.network.start(this.clock(0)));
    while (this.trace.length <= t) {
      if (performance.now() > deadline) return false;
      const last = this.trace.length - 1;
      const token = this.network.id[this.symbols[last]];
      this.trace.push(this.network.step(this.trace[last], token, this.clock(last + 1)));
    }
    return true;
  }

  /** What the network's clocks show for place t. @param {number} t */
  clock(t) {
    return readClocks(this.network.clockKinds, t, this.meter, this.upbeat);
  }

  /** Keep to another meter from the beginning on; a network with a clock hears it. @param {number[]} meter */
  setMeter(meter) {
    this.meter = meter;
    if (this.network.clockKinds.length) this.forget();
  }

  /** Bits of surprise at the symbol of place t; undefined where it is not computed yet. @param {number} t */
  surprise(t) {
    const moment = this.trace[t];
    return moment && t < this.length ? -moment.logp[this.network.id[this.symbols[t]]] / Math.LN2 : undefined;
  }

  /** Mean bits of surprise a symbol, over what is computed; undefined for an empty melody. */
  get meanSurprise() {
    const bits = this.symbols.map((_, t) => this.surprise(t)).filter((value) => value !== undefined);
    return bits.length ? bits.reduce((a, b) => a + b) / bits.length : undefined;
  }

  /** The note or rest that sounds at place t. @param {number} t @returns {Note|undefined} */
  noteAt(t) {
    return this.notes.find(({ start, length }) => start <= t && t < start + length);
  }

  /** Keep the melody as it is, for `undo`. */
  keep() {
    const { symbols, own, meter, upbeat, title, complete, untouched, ended } = /** @type {any} */ (this);
    this.history.push({
      symbols: [...symbols],
      own: [...own],
      meter,
      upbeat,
      title,
      complete,
      untouched,
      ended,
    });
    if (this.history.length > 200) this.history.shift();
  }

  /** Go back to what was kept last; says whether there was anything. */
  undo() {
    const before = this.history.pop();
    if (!before) return false;
    const same = before.symbols.findIndex(
      (/** @type {string} */ symbol, /** @type {number} */ t) => symbol !== this.symbols[t],
    );
    const trace = this.trace.slice(0, (same < 0 ? before.symbols.length : same) + 1);
    const sameTime = String(before.meter) === String(this.meter) && before.upbeat === this.upbeat;
    this.set(before);
    if (sameTime) this.trace = trace;
    return true;
  }

  /** @param {string} symbol @param {boolean} own */
  append(symbol, own) {
    this.symbols.push(symbol);
    this.own.push(own);
    this.changedFrom(this.length - 1);
  }

  /** Leave the first symbols alone. @param {number} length */
  cut(length) {
    this.symbols.length = this.own.length = Math.min(length, this.length);
    this.ended = false;
    this.changedFrom(this.length);
  }

  /** Put other symbols in the place of those from `start` on; they are the player's own.
   * @param {number} start @param {string[]} symbols */
  change(start, symbols) {
    symbols.forEach((symbol, k) => {
      this.symbols[start + k] = symbol;
      this.own[start + k] = true;
    });
    this.untouched = false;
    this.changedFrom(start);
  }

  /** Let the network choose the next symbol; false where it ends the melody. @param {number} T @param {number} uniform */
  goOn(T, uniform) {
    if (this.length >= LONGEST) return false;
    this.compute();
    const first = this.length === this.ownEnd;
    const barred = first ? unfitToFollow(this.symbols, this.complete) : [];
    const token = draw(this.network.choices(this.trace[this.length], this.length, T, barred), uniform);
    const symbol = this.network.symbols[token];
    if (symbol === DELIMITER) {
      this.ended = true;
      return false;
    }
    this.untouched = false;
    this.append(symbol, false);
    return true;
  }
}
