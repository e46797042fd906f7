/* Pointer, keyboard and controls; and the beginning of it all, at the end. */

/** @param {HTMLCanvasElement} canvas */
function pointable(canvas) {
  canvas.addEventListener("pointermove", (event) => {
    const t = axis.t(event.offsetX);
    const mouse = event.pointerType === "mouse";
    shown.pointed = mouse && t >= 0 && t <= song.length ? t : -1;
    if (canvas === inside.map) inside.pointed = mouse ? inside.unitAt(event.offsetY) : -1;
    redraw();
  });
  canvas.addEventListener("pointerleave", () => {
    shown.pointed = inside.pointed = -1;
    redraw();
  });
}

function watchRoll() {
  const canvas = element("roll");
  /** @type {{y: number, pitch: number}|null} */
  let drag = null;
  canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    const t = axis.t(event.offsetX);
    const note = song.noteAt(t);
    const near = note?.pitch != null && Math.abs(event.offsetY - roll.y(note.pitch)) < Math.max(10, roll.row);
    select(near ? note : undefined);
    if (!near) shown.pinned = Math.max(0, Math.min(t, song.length));
    drag = near ? { y: event.offsetY, pitch: Number(note?.pitch) } : null;
    if (drag) canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (!drag || !canvas.hasPointerCapture(event.pointerId)) return;
    const pitch = drag.pitch - Math.round((event.offsetY - drag.y) / roll.row);
    if (pitch !== song.notes.find(({ start }) => start === shown.selected)?.pitch) changeNote(pitch);
  });
  canvas.addEventListener("pointerup", () => {
    drag = null;
  });
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const at = song.notes.findIndex(({ start }) => start === shown.selected);
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at < 0 ? song.notes.length - 1 : at - 1,
      Home: 0,
      End: song.notes.length - 1,
    }[event.key];
    if (to !== undefined) select(song.notes[Math.max(0, Math.min(to, song.notes.length - 1))]);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") moveNote(event.key === "ArrowUp" ? 1 : -1);
    else if (event.key === "Delete") changeNote(null);
    else return;
    if (shown.pinned >= 0) axis.show(shown.pinned);
    event.preventDefault();
  });
}

/** @param {KeyboardEvent} event */
function keyDown(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    target.matches("input:not([type=range]), select, textarea, summary")
  )
    return;
  if (event.key === " " && !target.matches("button")) goOn();
  else if (event.key === "Backspace") undo();
  else if (event.code === "KeyZ" || event.code === "KeyX") piano.shift(event.code === "KeyX" ? 1 : -1);
  else if (event.key === "Escape") closeAll();
  else if (!piano.keyDown(event)) return;
  event.preventDefault();
}

function closeAll() {
  document.querySelector(".menu").removeAttribute("open");
  select(undefined);
}

function watchControls() {
  const clicks = { go: goOn, listen, another, undo, clear, silence, copy: copyText, paste: useText };
  for (const [id, action] of Object.entries(clicks)) element(id).addEventListener("click", action);
  element("higher").addEventListener("click", () => moveNote(1));
  element("lower").addEventListener("click", () => moveNote(-1));
  element("rest").addEventListener("click", () => changeNote(null));
  element("octave-down").addEventListener("click", () => piano.shift(-1));
  element("octave-up").addEventListener("click", () => piano.shift(1));
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => {
      save(/** @type {HTMLElement} */ (button).dataset.save);
      button.closest("details").open = false;
    });
  }
  for (const id of ["tune", "bars"]) {
    element(id).addEventListener("change", () => {
      player.stop();
      song.keep();
      beginAsChosen();
    });
  }
  for (const id of ["temperature", "tempo"]) element(id).addEventListener("input", settingsChanged);
  element("loop").addEventListener("change", settingsChanged);
  element("note-length").addEventListener("change", () => {
    recorder.length = element("note-length").value;
    recorder.last = undefined;
  });
  element("text")
    .closest("details")
    .addEventListener("toggle", () => showText(true));
  element("meter").addEventListener("change", () => {
    song.setMeter(element("meter").value.split("/").map(Number));
    redraw();
  });
  element("order").addEventListener("change", () => {
    inside.order = element("order").value;
    redraw();
  });
  element("close").addEventListener("change", () => {
    inside.close = element("close").checked;
    redraw();
  });
  element("unit").addEventListener("input", () => lookAt(Number(element("unit").value)));
  element("map").addEventListener("click", (/** @type {MouseEvent} */ event) =>
    lookAt(inside.unitAt(event.offsetY)),
  );
  // What was clicked would take the space bar, and letters, for itself.
  let byPointer = false;
  addEventListener("pointerdown", () => void (byPointer = true), true);
  addEventListener("keydown", () => void (byPointer = false), true);
  for (const type of ["click", "change"]) {
    document.addEventListener(type, (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      /** @type {HTMLElement} */
      const control = target.closest("button, select, [type=checkbox]");
      if (byPointer && control && (type === "change" || control.matches("button"))) control.blur();
    });
  }
  document.addEventListener("click", (event) => {
    const menu = /** @type {HTMLDetailsElement} */ (document.querySelector(".menu"));
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
}

function settingsChanged() {
  settings.temperature = Number(element("temperature").value);
  settings.tempo = Number(element("tempo").value);
  settings.loop = element("loop").checked;
  element("temperature-value").textContent = settings.temperature.toFixed(2);
  element("tempo-value").textContent = String(settings.tempo);
  redraw();
}

function resized() {
  axis.measure();
  piano.build();
  learning?.draw();
  redraw();
}

/** What the page is about, in its heading. */
function title() {
  const kind = network.kind === "lstm" ? "an LSTM" : network.kind === "gru" ? "a GRU" : "an RNN";
  if (data.training) {
    const [step, steps] = data.training.map((/** @type {number} */ n) => n.toLocaleString("en"));
    return `Inside ${kind} that is learning: step ${step} of ${steps}. Reload this page to see it later.`;
  }
  if (data.songs) return `Inside ${kind} that has just learnt ${data.songs.toLocaleString("en")} folk songs`;
  return `Inside ${kind} that writes melodies`;
}

/** Fill the list of beginnings, and choose the first. */
function listBeginnings() {
  for (const [name, list] of [
    ["Melodies", data.melodies],
    ["Tunes", data.tunes],
  ]) {
    const options = list.map((/** @type {any} */ each) =>
      make("option", { value: beginnings.indexOf(each) }, each.title),
    );
    if (list.length) element("tune").append(make("optgroup", { label: name }, ...options));
  }
  const known = data.tunes.findIndex((/** @type {any} */ tune) => tune.title === "Frère Jacques");
  const first = data.melodies.length ? 0 : Math.max(0, known);
  if (beginnings.length) element("tune").value = String(first);
}

function begin() {
  element("title").textContent = document.title = title();
  readInk();
  buildInside();
  watchControls();
  watchRoll();
  for (const id of ["roll", "map", "curve"]) pointable(element(id));
  addEventListener("keydown", keyDown);
  addEventListener("keyup", (event) => piano.release(event.code));
  addEventListener("blur", () => [...piano.held.keys()].forEach((by) => piano.release(by)));
  element("scroller").addEventListener("scroll", redraw);
  new ResizeObserver(resized).observe(document.body);
  dark.addEventListener("change", () => {
    readInk();
    resized();
  });
  listBeginnings();
  if (data.report) showReport(data.report, element("report"), showMelody);
  element("footer").textContent = data.terms;
  if (network.window)
    say(
      `This network was trained on windows of ${network.window} symbols: it hears the last ${network.window} again at each step, so it is slower than others.`,
    );
  if (typeof AudioContext !== "function")
    say("This browser has no WebAudio: the page is silent, and everything else works.");
  settingsChanged();
  if (beginnings.length) beginAsChosen();
}

begin();
// For the curious, in the browser's console, and for the tests.
Object.assign(window, {
  melody: {
    logp: (/** @type {number[]} */ tokens, /** @type {number[][]} */ clock) =>
      logProbabilities(network, tokens, clock),
    compose: (/** @type {any} */ how) => compose(network, how),
    kern: () => kernText(song.symbols, song.meter, song.upbeat, song.title),
    midi: () => midiFile(song.symbols, settings.tempo, song.meter),
    render: () => renderMelody(song.symbols, settings.tempo),
    wav: wavFile,
    readClocks,
    network,
    song,
    player,
    settings,
    inside,
    roll,
    redraw,
  },
});
