/* The inside of the network on the time axis: all units as a heat map, one of them as a curve. */

/** What can be looked at: its name, its least value (the greatest is 1), and what it is in a sentence.
 * @type {Record<string, [string, number, string]>} */
const QUANTITIES = {
  c: [
    "memory c",
    -1,
    "What each unit remembers. A unit keeps its colour for as long as it remembers the same thing.",
  ],
  f: ["forget f", 0, "Near 1 a unit keeps what it remembers, near 0 it wipes it."],
  i: ["input i", 0, "How much of what is new each unit lets into its memory."],
  g: ["new g", -1, "What each unit would write into its memory now."],
  o: ["output o", 0, "How much of its memory each unit shows to the others and to the next symbol."],
  h: ["state h", -1, "What each unit says now: the next symbol is chosen from this alone."],
  r: ["reset r", 0, "How much of the state each unit looks at when it makes something new."],
  u: ["update u", 0, "Near 1 a unit keeps its state, near 0 it takes the new one."],
  n: ["new n", -1, "What each unit would become if it took all that is new."],
};
/** @type {Record<string, string[]>} what is shown of each kind of cell, and what can be held */
const SHOWN = { lstm: ["c", "f", "i", "o", "h"], gru: ["h", "u", "r", "n"], rnn: ["h"] };
/** @type {Record<string, string[]>} */
const CLAMPABLE = { lstm: ["f", "i", "o"], gru: ["u", "r"], rnn: [] };
/** What it means to hold a gate at 0 or at 1. @type {Record<string, [string, string]>} */
const HELD = {
  f: [
    "Every unit forgets at once: only the last symbol is left.",
    "No unit ever forgets: old notes pile up.",
  ],
  i: ["Nothing new gets in: the memory stays empty.", "All that is new gets in, worth it or not."],
  o: [
    "No unit shows its memory: it guesses without having heard anything.",
    "Every unit shows all it remembers, all the time.",
  ],
  u: ["Every unit takes the new state at once.", "No unit ever changes: it hears nothing."],
  r: ["What is new is made without looking back.", "What is new is made from all of the state."],
};
const FEW = 32; // rows when looking closely

class Inside {
  /** @param {HTMLCanvasElement} map @param {HTMLCanvasElement} curve @param {Song} song @param {TimeAxis} axis
   * @param {Record<string, number[]>} orders */
  constructor(map, curve, song, axis, orders) {
    this.map = map;
    this.curve = curve;
    this.song = song;
    this.axis = axis;
    this.orders = orders;
    this.quantity = SHOWN[song.network.kind][0];
    this.order = "alike";
    this.close = false; // whether FEW rows are shown around the unit that is looked at
    this.unit = orders.alike[0]; // chosen
    this.pointed = -1; // under the pointer, else -1
    this.picture = document.createElement("canvas");
  }

  /** The units from top to bottom. @returns {number[]} */
  get rows() {
    const all = this.orders[this.order];
    if (!this.close) return all;
    const first = Math.max(0, Math.min(all.indexOf(this.unit) - FEW / 2, all.length - FEW));
    return all.slice(first, first + FEW);
  }

  /** The unit at a height of the heat map. @param {number} y */
  unitAt(y) {
    const { rows } = this;
    return rows[
      Math.max(0, Math.min(rows.length - 1, Math.floor((y / this.map.clientHeight) * rows.length)))
    ];
  }

  /** The value looked at after symbol t - 1, of one unit. @param {number} t @param {number} unit */
  value(t, unit) {
    return this.song.trace[t]?.[this.quantity]?.[unit];
  }

  /** @param {{cursor: number, moment: number}} shown */
  draw(shown) {
    this.drawMap(shown);
    this.drawCurve(shown);
  }

  /** @param {{cursor: number, moment: number}} shown */
  drawMap({ cursor, moment }) {
    const { axis, rows, quantity } = this;
    const { context, width, height } = prepareCanvas(this.map);
    const [first, last] = axis.seen(Math.min(this.song.length, this.song.trace.length - 1));
    if (last > first) {
      const image = new ImageData(last - first, rows.length);
      const pixels = new Uint32Array(image.data.buffer);
      const signed = QUANTITIES[quantity][1] < 0;
      const map = signed ? signedMap() : colourMaps.viridis;
      for (let t = first; t < last; t++) {
        const values = this.song.trace[t + 1][quantity]; // what the symbol of place t made of it
        rows.forEach((unit, row) => {
          const v = quantity === "c" ? Math.tanh(values[unit]) : values[unit];
          pixels[row * (last - first) + t - first] = map[Math.round(255 * (signed ? (v + 1) / 2 : v))];
        });
      }
      Object.assign(this.picture, { width: last - first, height: rows.length });
      this.picture.getContext("2d").putImageData(image, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(this.picture, axis.x(first), 0, (last - first) * axis.cell, height);
    }
    context.fillStyle = ink.card;
    context.fillRect(0, 0, GUTTER - 2, height);
    this.drawUnitMark(context, height);
    if (moment >= 0) drawMoment(context, axis.x(moment), 0, height, 1, [3, 3]);
    if (cursor >= 0) drawMoment(context, axis.x(cursor), 0, height, 2, []);
    for (const unit of this.song.network.silenced)
      this.drawSilence(context, rows.indexOf(unit), width, height);
  }

  /** An arrow at the unit that the curve shows. @param {CanvasRenderingContext2D} context @param {number} height */
  drawUnitMark(context, height) {
    const unit = this.pointed >= 0 ? this.pointed : this.unit;
    const row = this.rows.indexOf(unit);
    if (row < 0) return;
    const y = ((row + 0.5) / this.rows.length) * height;
    context.fillStyle = ink.accent;
    context.beginPath();
    context.moveTo(GUTTER - 4, y);
    context.lineTo(GUTTER - 11, y - 5);
    context.lineTo(GUTTER - 11, y + 5);
    context.fill();
    context.fillStyle = ink.quiet;
    context.textAlign = "right";
    context.fillText(String(unit), GUTTER - 13, Math.max(7, Math.min(height - 7, y)));
    context.textAlign = "left";
  }

  /** A line through a silenced unit. @param {CanvasRenderingContext2D} context @param {number} row
   * @param {number} width @param {number} height */
  drawSilence(context, row, width, height) {
    if (row < 0) return;
    const h = height / this.rows.length;
    context.fillStyle = ink.quiet;
    context.fillRect(GUTTER, row * h + h / 2 - 0.5, width, 1);
  }

  /** @param {{cursor: number, moment: number}} shown */
  drawCurve({ cursor, moment }) {
    const { axis, quantity } = this;
    const unit = this.pointed >= 0 ? this.pointed : this.unit;
    const { context, width, height } = prepareCanvas(this.curve);
    const low = QUANTITIES[quantity][1];
    const [first, last] = axis.seen(Math.min(this.song.length, this.song.trace.length - 1));
    const values = [];
    for (let t = first; t < last; t++) values.push(this.value(t + 1, unit));
    const limit = Math.max(1, ...values.map(Math.abs)); // a memory c may go beyond 1
    const y = (/** @type {number} */ v) => 4 + ((limit - v) / (limit - low * limit)) * (height - 8);
    context.strokeStyle = ink.line;
    context.lineWidth = 1;
    for (const v of [limit, 0, low * limit]) {
      context.strokeRect(GUTTER, y(v), width, 0);
    }
    context.fillStyle = ink.quiet;
    context.textAlign = "right";
    for (const v of low ? [limit, 0, -limit] : [1, 0])
      context.fillText(
        v.toFixed(limit > 1 && v ? 1 : 0),
        GUTTER - 4,
        Math.max(7, Math.min(height - 7, y(v))),
      );
    context.textAlign = "left";
    context.strokeStyle = ink.text;
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.beginPath();
    values.forEach((v, k) => context.lineTo(axis.x(first + k + 0.5), y(v)));
    context.stroke();
    if (moment >= 0) drawMoment(context, axis.x(moment), 0, height, 1, [3, 3]);
    if (cursor >= 0) drawMoment(context, axis.x(cursor), 0, height, 2, []);
  }
}
