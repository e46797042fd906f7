/* Hear it learn: what the network sang at some steps of its training, beside its learning curve. */

class Learning {
  /** @param {any} data the snapshots @param {HTMLElement} element
   * @param {(symbols: string[]) => void} show puts a melody on the piano roll and plays it */
  constructor(data, element, show) {
    this.snapshots = data.snapshots;
    this.element = element;
    this.show = show;
    const find = (/** @type {string} */ name) => /** @type {any} */ (element.querySelector(name));
    this.slider = find("input");
    this.said = find("output");
    this.roll = find(".small-roll");
    this.curve = find(".curve");
    this.slider.max = this.snapshots.length - 1;
    this.slider.value = this.slider.max;
    this.slider.addEventListener("input", () => this.draw());
    find("button").addEventListener("click", () => show(this.snapshot.symbols));
    element.hidden = false;
  }

  get snapshot() {
    return this.snapshots[Number(this.slider.value)];
  }

  draw() {
    const { step, loss, symbols } = this.snapshot;
    const said = `After ${step.toLocaleString("en")} steps it is surprised by ${(loss / Math.LN2).toFixed(2)} bits a symbol.`;
    if (this.said.textContent !== said) this.said.textContent = said;
    this.slider.setAttribute("aria-valuetext", `step ${step}`);
    this.drawRoll(symbols);
    this.drawCurve();
  }

  /** @param {string[]} symbols */
  drawRoll(symbols) {
    const { context, width, height } = prepareCanvas(this.roll);
    const notes = notesOf(symbols).filter(({ pitch }) => pitch !== null);
    const pitches = this.snapshots
      .flatMap((/** @type {any} */ s) => s.symbols)
      .filter(Number)
      .map(Number);
    const [low, high] = [Math.min(...pitches), Math.max(...pitches)];
    const longest = Math.max(...this.snapshots.map((/** @type {any} */ s) => s.symbols.length));
    context.fillStyle = ink.net;
    for (const { pitch, start, length } of notes) {
      const y = 4 + ((high - pitch) / (high - low || 1)) * (height - 12);
      context.fillRect((start / longest) * width, y, Math.max(2, (length / longest) * width - 1), 4);
    }
  }

  /** Loss against steps, both on an axis that gives early steps room. */
  drawCurve() {
    const { context, width, height } = prepareCanvas(this.curve);
    const last = this.snapshots[this.snapshots.length - 1].step;
    const top = Math.max(...this.snapshots.map((/** @type {any} */ s) => s.loss));
    const x = (/** @type {number} */ step) =>
      30 + (Math.log10(1 + step / 3) / Math.log10(1 + last / 3)) * (width - 44);
    const y = (/** @type {number} */ loss) => 8 + (1 - loss / top) * (height - 30);
    context.fillStyle = ink.quiet;
    context.strokeStyle = ink.line;
    for (let bits = 0; bits <= top / Math.LN2; bits++) {
      context.strokeRect(30, y(bits * Math.LN2), width - 40, 0);
      context.fillText(String(bits), 12, y(bits * Math.LN2));
    }
    context.textAlign = "center";
    let free = 0;
    for (const { step } of this.snapshots) {
      const name = step.toLocaleString("en");
      if (x(step) < free) continue;
      context.fillText(name, Math.min(x(step), width - 20), height - 8);
      free = x(step) + context.measureText(name).width + 8;
    }
    context.textAlign = "left";
    const points = this.snapshots.map((/** @type {any} */ s) => [x(s.step), y(s.loss)]);
    context.strokeStyle = ink.text;
    context.lineWidth = 2;
    context.beginPath();
    for (const [px, py] of points) context.lineTo(px, py);
    context.stroke();
    points.forEach((/** @type {number[]} */ [px, py], /** @type {number} */ k) => {
      context.beginPath();
      context.arc(px, py, k === Number(this.slider.value) ? 6 : 3, 0, 7);
      context.fillStyle = k === Number(this.slider.value) ? ink.accent : ink.text;
      context.fill();
    });
  }
}
