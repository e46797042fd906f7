/* The piano: by mouse, touch and computer keyboard. */

const KEYBOARD = "awsedftgyhujkolp"; // the keys of a computer keyboard from C upwards, as they lie on a piano
const KEY_WIDTH = 23; // pixels that a white key needs

const touch = matchMedia("(hover: none)");

class Piano {
  /** @param {HTMLElement} element @param {number[]} pitches that the network knows
   * @param {{press: (pitch: number) => void, release: (pitch: number) => void}} player */
  constructor(element, pitches, player) {
    this.element = element;
    this.player = player;
    this.known = new Set(pitches);
    this.base = 60; // the C of the key `a`
    this.lowest = Math.floor(Math.min(...pitches) / 12) * 12;
    this.highest = Math.ceil((Math.max(...pitches) + 1) / 12) * 12;
    /** @type {Map<number, HTMLButtonElement>} */
    this.keys = new Map();
    /** @type {Map<string|number, number>} the pitches that are held, by key or pointer */
    this.held = new Map();
    element.addEventListener("pointerdown", (event) => this.pointerDown(event));
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      addEventListener(type, (event) => this.release(/** @type {PointerEvent} */ (event).pointerId));
    }
    element.addEventListener("pointermove", (event) => this.pointerMove(event));
    element.addEventListener("keydown", (event) => this.walk(event));
    element.addEventListener("click", (event) => {
      // A click without a pointer is Enter, or a screen reader.
      const key = /** @type {HTMLElement} */ (event.target).closest("button");
      if (key && event.detail === 0) this.tap(Number(key.dataset.pitch));
    });
    this.built = "";
    this.build();
  }

  /** As many octaves as there is room for, with the octave of the key `a` among them. */
  build() {
    const room = Math.max(1, Math.floor(this.element.clientWidth / KEY_WIDTH / 7));
    const octaves = Math.min(room, (this.highest - this.lowest) / 12);
    const first = Math.max(
      this.lowest,
      Math.min(this.base - 12 * Math.floor((octaves - 1) / 2), this.highest - 12 * octaves),
    );
    const name = `${first} ${octaves} ${this.base}`;
    if (name === this.built) return;
    this.built = name;
    this.keys.clear();
    /** @type {HTMLButtonElement[]} */
    const white = [];
    /** @type {HTMLButtonElement[]} */
    const black = [];
    for (let pitch = first; pitch < first + 12 * octaves; pitch++) {
      const key = this.makeKey(pitch);
      const isBlack = BLACK.has(pitch % 12);
      (isBlack ? black : white).push(key);
      const place = (isBlack ? white.length - 0.32 : white.length - 1) / (7 * octaves);
      key.style.left = `${100 * place}%`;
      key.style.width = `${((isBlack ? 0.64 : 1) * 100) / (7 * octaves)}%`;
    }
    this.element.replaceChildren(...white, ...black);
    const first60 = this.keys.get(this.base) ?? white[0];
    first60.tabIndex = 0;
  }

  /** @param {number} pitch */
  makeKey(pitch) {
    const key = document.createElement("button");
    key.type = "button";
    key.tabIndex = -1;
    key.dataset.pitch = String(pitch);
    key.className = BLACK.has(pitch % 12) ? "black key" : "white key";
    key.disabled = !this.known.has(pitch);
    const letter = KEYBOARD[pitch - this.base] ?? "";
    key.setAttribute("aria-label", pitchName(pitch) + (letter ? `, key ${letter}` : ""));
    key.textContent = (touch.matches ? "" : letter) || (pitch % 12 === 0 ? pitchName(pitch) : "");
    this.keys.set(pitch, key);
    return key;
  }

  /** Move the computer keyboard by octaves. @param {number} octaves */
  shift(octaves) {
    this.base = Math.max(this.lowest, Math.min(this.highest - 12, this.base + 12 * octaves));
    this.build();
  }

  /** Arrow keys walk from key to key. @param {KeyboardEvent} event */
  walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 12, ArrowDown: -12 }[event.key];
    const from = /** @type {HTMLElement} */ (event.target).dataset.pitch;
    const to = this.keys.get(Number(from) + (by ?? 0));
    if (!by || !to) return;
    event.preventDefault();
    for (const key of this.keys.values()) key.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  /** @param {PointerEvent} event */
  pointerDown(event) {
    const key = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!key || event.button) return;
    event.preventDefault(); // so that space goes on and does not press this key again
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.element.setPointerCapture(event.pointerId);
    this.press(event.pointerId, Number(key.dataset.pitch));
  }

  /** Sliding from key to key plays them. @param {PointerEvent} event */
  pointerMove(event) {
    if (!this.held.has(event.pointerId)) return;
    const key = document.elementFromPoint(event.clientX, event.clientY)?.closest(".key");
    const pitch = Number(/** @type {HTMLElement|undefined} */ (key)?.dataset.pitch);
    if (!pitch || pitch === this.held.get(event.pointerId)) return;
    this.release(event.pointerId);
    this.press(event.pointerId, pitch);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was a key of the piano */
  keyDown(event) {
    const key = /^Key(.)$/.exec(event.code); // where it lies, whatever letter a layout gives it
    const place = key ? KEYBOARD.indexOf(key[1].toLowerCase()) : -1;
    if (place < 0) return false;
    if (!event.repeat) this.press(event.code, this.base + place);
    return true;
  }

  /** @param {string|number} by a key or a pointer @param {number} pitch */
  press(by, pitch) {
    if (!this.known.has(pitch)) return;
    this.held.set(by, pitch);
    this.player.press(pitch);
  }

  /** @param {string|number} by */
  release(by) {
    const pitch = this.held.get(by);
    if (pitch === undefined) return;
    this.held.delete(by);
    this.player.release(pitch);
  }

  /** @param {number} pitch */
  tap(pitch) {
    this.press("tap", pitch);
    setTimeout(() => this.release("tap"), 200);
  }

  /** Show which key sounds: a pitch, or null for none. @param {number|null} pitch @param {boolean} own */
  light(pitch, own) {
    for (const [each, key] of this.keys) {
      key.classList.toggle("own", (own && each === pitch) || [...this.held.values()].includes(each));
      key.classList.toggle("net", !own && each === pitch);
    }
  }
}
