/* The piano roll, and the time axis that it shares with what is below it. */

const GUTTER = 34; // pixels left of the first symbol, for names
const SPAN = 128; // symbols that fit a wide screen: eight bars of 4/4
const HEAD = 20; // pixels above the notes, for the numbers of the bars
const ARCS = 44; // pixels above those, for where attention looks

/** Where a 16th is on the screen. */
class TimeAxis {
  /** @param {HTMLElement} scroller */
  constructor(scroller) {
    this.scroller = scroller;
    this.measure();
  }

  measure() {
    this.width = this.scroller.clientWidth;
    this.cell = Math.max(7, (this.width - GUTTER) / SPAN);
  }

  /** Pixels from the left edge of the canvas to the beginning of place t. @param {number} t */
  x(t) {
    return GUTTER + t * this.cell - this.scroller.scrollLeft;
  }

  /** The place at a pixel. @param {number} x */
  t(x) {
    return Math.floor((x - GUTTER + this.scroller.scrollLeft) / this.cell);
  }

  /** First and last place that can be seen. @param {number} length @returns {[number, number]} */
  seen(length) {
    return [Math.max(0, this.t(GUTTER)), Math.min(length, this.t(this.width) + 1)];
  }

  /** Scroll so far that place t is seen, with room after it. @param {number} t */
  show(t) {
    const x = this.x(t);
    if (x > 0.9 * this.width || x < GUTTER) this.scroller.scrollLeft += x - 0.3 * this.width;
  }
}

class Roll {
  /** @param {HTMLCanvasElement} canvas @param {Song} song @param {TimeAxis} axis */
  constructor(canvas, song, axis) {
    this.canvas = canvas;
    this.song = song;
    this.axis = axis;
    const pitches = song.network.symbols.filter((symbol) => /^\d+$/.test(symbol)).map(Number);
    this.lowest = Math.min(60, ...pitches) - 1;
    this.highest = Math.max(72, ...pitches) + 1;
    this.row = 8;
    this.head = HEAD + (song.network.attention ? ARCS : 0);
  }

  /** The middle of a pitch's row. @param {number} pitch */
  y(pitch) {
    return this.head + (this.highest - pitch + 0.5) * this.row;
  }

  /** @param {number} y */
  pitchAt(y) {
    return this.highest - Math.floor((y - this.head) / this.row);
  }

  /** @param {{cursor: number, moment: number, selected: number, sounding: number}} shown */
  draw({ cursor, moment, selected, sounding }) {
    const { song, axis } = this;
    const { context, width, height } = prepareCanvas(this.canvas);
    this.row = (height - this.head) / (this.highest - this.lowest + 1);
    this.drawPaper(context, width, height);
    for (const note of song.notes) {
      if (note.pitch === null || axis.x(note.start + note.length) < GUTTER || axis.x(note.start) > width)
        continue;
      this.drawNote(context, note, note.start === selected, note.start === sounding);
    }
    this.drawArcs(context, moment >= 0 ? moment : Math.floor(cursor));
    if (moment >= 0) this.drawLine(context, moment, height, 1, [3, 3]);
    if (cursor >= 0) this.drawLine(context, cursor, height, 2, []);
    this.drawPitchNames(context, height);
  }

  /** Rows of the black keys, bars and their numbers, and whose part is where.
   * @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
  drawPaper(context, width, height) {
    const { song, axis } = this;
    context.fillStyle = ink.stripe;
    for (let pitch = this.lowest; pitch <= this.highest; pitch++) {
      if (BLACK.has(pitch % 12)) context.fillRect(GUTTER, this.y(pitch) - this.row / 2, width, this.row);
    }
    const last = Math.max(song.length, axis.t(width));
    const starts = barStarts(last, song.meter, song.upbeat);
    starts.forEach((start, k) => {
      const x = axis.x(start);
      if (x < GUTTER - 1 || x > width) return;
      context.fillStyle = ink.line;
      context.fillRect(Math.round(x), this.head - HEAD, 1, height);
      context.fillStyle = ink.quiet;
      context.fillText(String(k + 1), x + 4, this.head - HEAD + 8);
    });
    this.song.own.forEach((own, t) => {
      const x = Math.max(GUTTER, axis.x(t));
      const end = axis.x(t + 1);
      if (end <= GUTTER || x > width) return;
      context.fillStyle = own ? ink.own : ink.net;
      context.fillRect(x, this.head - 4, end - x + 0.5, 2);
    });
    if (song.ended) {
      context.fillStyle = ink.text;
      context.fillRect(axis.x(song.length) + 2, this.head, 3, height - this.head);
    }
  }

  /** Where attention looks when the symbol of place t is chosen: the thicker, the more it copies from there.
   * @param {CanvasRenderingContext2D} context @param {number} t */
  drawArcs(context, t) {
    const looks = this.song.trace[t]?.looks;
    if (!looks) return;
    const end = this.axis.x(t + 0.5);
    context.strokeStyle = ink.accent;
    looks.forEach((/** @type {number} */ weight, /** @type {number} */ k) => {
      if (!k || weight < 0.02) return; // the first is the share of copying nothing
      const start = this.axis.x(k - 0.5); // what stood after step k - 1 is the symbol of place k - 1
      const rise = Math.min(ARCS, 10 + (end - start) / 8);
      context.globalAlpha = 0.25 + 0.75 * weight;
      context.lineWidth = 1 + 5 * weight;
      context.beginPath();
      context.ellipse((start + end) / 2, this.head - 8, (end - start) / 2, rise, 0, Math.PI, 0);
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {Note} note @param {boolean} selected @param {boolean} sounding */
  drawNote(context, { pitch, start, length }, selected, sounding) {
    const x = Math.max(this.axis.x(start), GUTTER - 4);
    const w = Math.max(3, this.axis.x(start + length) - x - 1);
    const h = Math.max(5, this.row - 1);
    const y = this.y(Number(pitch)) - h / 2;
    const bits = this.song.surprise(start) ?? 2;
    const colour = this.song.own[start] ? ink.own : ink.net;
    context.beginPath();
    context.roundRect(x, y, w, h, 2.5);
    context.fillStyle = mix(ink.card, colour, 0.3 + 0.7 * Math.min(1, bits / 5));
    context.fill();
    context.lineWidth = selected || sounding ? 2 : 1;
    context.strokeStyle = selected || sounding ? ink.accent : colour;
    context.stroke();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} t @param {number} height @param {number} w @param {number[]} dash */
  drawLine(context, t, height, w, dash) {
    drawMoment(context, this.axis.x(t), this.head - 6, height, w, dash);
  }

  /** The names of the Cs, over what lies left of the first symbol.
   * @param {CanvasRenderingContext2D} context @param {number} height */
  drawPitchNames(context, height) {
    context.fillStyle = ink.card;
    context.fillRect(0, 0, GUTTER - 2, height);
    context.fillStyle = ink.quiet;
    for (let pitch = this.lowest; pitch <= this.highest; pitch++) {
      if (pitch % 12 === 0) context.fillText(pitchName(pitch), 4, this.y(pitch));
    }
  }
}

/** The line of a moment in time. @param {CanvasRenderingContext2D} context @param {number} x @param {number} top
 * @param {number} bottom @param {number} width @param {number[]} dash */
function drawMoment(context, x, top, bottom, width, dash) {
  if (x < GUTTER - 1) return;
  context.strokeStyle = ink.accent;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();
  context.setLineDash([]);
}
