/* Time: playing a melody, letting the network go on in it, and writing down what is played on the piano. */

const AHEAD = 0.25; // seconds that are scheduled before they sound
const AHEAD_HIDDEN = 1.6; // in a tab that is not seen, timers come once a second
const LATER = 0.08; // seconds until the first tone

class Player {
  /** @param {Song} song
   * @param {{temperature: number, tempo: number, loop: boolean, uniform: () => number}} settings
   * @param {() => void} changed called when something is to be drawn again */
  constructor(song, settings, changed) {
    this.song = song;
    this.settings = settings;
    this.changed = changed;
    this.playing = false;
    this.goesOn = false;
    /** @type {BaseAudioContext|null} */
    this.context = null;
    /** @type {{t: number, time: number}[]} what is scheduled: places and their times */
    this.schedule = [];
  }

  /** Sound is allowed only after a gesture, so it is begun by the first. */
  wake() {
    if (this.context === null && typeof AudioContext === "function") {
      const context = new AudioContext({ latencyHint: "interactive" });
      this.context = context;
      this.output = makeOutput(context);
    }
    if (this.context?.state === "suspended") /** @type {AudioContext} */ (this.context).resume();
  }

  /** Seconds of the clock that the tones go by; without sound there is another. */
  get now() {
    return this.context ? this.context.currentTime : performance.now() / 1000;
  }

  get sixteenth() {
    return 15 / this.settings.tempo;
  }

  /** @param {number} t where to begin @param {boolean} goesOn whether the network goes on at the end */
  start(t, goesOn) {
    this.stop();
    this.wake();
    this.playing = true;
    this.goesOn = goesOn;
    this.next = t;
    this.nextTime = this.now + LATER;
    this.timer = setInterval(() => this.tick(), 40);
    this.tick();
  }

  stop() {
    if (!this.playing) return;
    clearInterval(this.timer);
    this.letGo?.(this.now);
    this.playing = false;
    this.letGo = undefined;
    this.schedule = [];
    this.changed();
  }

  /** Schedule what begins within the next moments; the network draws what it needs for that, and no more. */
  tick() {
    const horizon = this.now + (document.hidden ? AHEAD_HIDDEN : AHEAD);
    if (this.nextTime < this.now - 0.5) this.nextTime = this.now + LATER; // the computer slept
    while (this.playing && this.nextTime < horizon) {
      if (this.next >= this.song.length && !this.extend()) return;
      this.sound(this.song.symbols[this.next], this.nextTime);
      this.schedule.push({ t: this.next, time: this.nextTime });
      this.next += 1;
      this.nextTime += this.sixteenth;
    }
    this.changed();
  }

  /** At the end: the network goes on, or the melody begins again, or it is over. */
  extend() {
    const { song, settings } = this;
    if (this.goesOn && song.goOn(settings.temperature, settings.uniform())) return true;
    if (settings.loop && song.length) {
      this.next = 0;
      this.goesOn = false;
      return true;
    }
    this.letGo?.(this.nextTime);
    this.letGo = undefined;
    if (this.now > this.nextTime) this.stop();
    else this.goesOn = false;
    return false;
  }

  /** @param {string} symbol @param {number} time */
  sound(symbol, time) {
    if (symbol === HOLD && this.letGo) return;
    this.letGo?.(time);
    this.letGo = undefined;
    let pitch = symbol;
    if (symbol === HOLD) pitch = String(this.song.noteAt(this.next)?.pitch ?? REST); // begun in the middle
    if (pitch !== REST && this.context)
      this.letGo = beginTone(this.context, this.output, Number(pitch), time);
  }

  /** Let a changed note be heard. @param {number} pitch */
  preview(pitch) {
    this.wake();
    if (this.context) beginTone(this.context, this.output, pitch, this.now)(this.now + 0.25);
  }

  /** Where the melody is now, in 16ths and parts of them; -1 when nothing is played. */
  get place() {
    if (!this.playing) return -1;
    while (this.schedule.length > 1 && this.schedule[1].time <= this.now) this.schedule.shift();
    if (!this.schedule.length) return -1;
    const { t, time } = this.schedule[0];
    return t + Math.max(0, Math.min(1, (this.now - time) / this.sixteenth));
  }
}

/** What is played on the piano becomes symbols, each note as long as it takes until the next. */
class Recorder {
  /** @param {Player} player @param {() => void} changed */
  constructor(player, changed) {
    this.player = player;
    this.changed = changed;
    this.song = player.song;
    /** @type {{pitch: number, start: number, time: number, end: number}|undefined} the note that was pressed last */
    this.last = undefined;
    this.length = "2 in time"; // 16ths of the grid, or of every note where it is not in time
    /** @type {Map<number, (time: number) => void>} */
    this.sounding = new Map();
  }

  get inTime() {
    return this.length.endsWith("in time");
  }

  /** A time in seconds as 16ths on the grid. @param {number} seconds */
  onGrid(seconds) {
    const grid = parseInt(this.length, 10);
    return grid * Math.max(1, Math.round(seconds / this.player.sixteenth / grid));
  }

  /** @param {number} pitch */
  press(pitch) {
    const { player, song } = this;
    player.wake();
    if (player.context) {
      this.sounding.get(pitch)?.(player.now);
      this.sounding.set(pitch, beginTone(player.context, player.output, pitch, player.now));
    }
    if (player.playing) this.takeOver();
    song.keep();
    if (song.untouched) song.set({ meter: song.meter });
    const now = player.now;
    if (this.inTime && this.last && this.last.end === song.length) {
      const steps = this.onGrid(now - this.last.time);
      if (steps <= barLength(song.meter)) this.setLast(steps);
    }
    const start = song.length;
    song.ended = song.complete = false;
    for (const symbol of symbolsOf(pitch, parseInt(this.length, 10))) song.append(symbol, true);
    this.last = { pitch, start, time: now, end: song.length };
    song.compute();
    this.changed();
  }

  /** @param {number} pitch */
  release(pitch) {
    const { player, song } = this;
    this.sounding.get(pitch)?.(player.now);
    this.sounding.delete(pitch);
    if (this.inTime && this.last?.pitch === pitch && this.last.end === song.length && !player.playing) {
      this.setLast(Math.min(this.onGrid(player.now - this.last.time), barLength(song.meter)));
      song.compute();
    }
    this.changed();
  }

  /** Make the last note so many 16ths long. @param {number} steps */
  setLast(steps) {
    this.song.cut(this.last.start);
    for (const symbol of symbolsOf(this.last.pitch, steps)) this.song.append(symbol, true);
    this.last.end = this.song.length;
  }

  /** The player comes in while the network sings: what it had not sung yet is dropped. */
  takeOver() {
    const place = Math.max(1, Math.round(this.player.place));
    this.player.stop();
    this.song.keep();
    this.song.cut(place);
    this.last = undefined;
  }
}
