/* Clocks: where the next symbol stands, in the bar and since the beginning; the twin of music/clock.py. */

/** The meters that have places of their own, in the order of their places. */
const CLOCK_METERS = [
  [4, 4],
  [3, 4],
  [2, 4],
  [6, 8],
  [3, 8],
];

/** What each clock shows for the symbol of place t.
 * @param {string[]} kinds "bar" is the place in a bar of a meter, a number the place in so many 16ths
 * @param {number} t @param {number[]} meter @param {number} upbeat in 16ths */
function readClocks(kinds, t, meter, upbeat) {
  return kinds.map((kind) => (kind === "bar" ? placeInBar(t, meter, upbeat) : t % Number(kind)));
}

/** Each place of each meter has a number of its own, and the last is for meters that have none.
 * @param {number} t @param {number[]} meter @param {number} upbeat */
function placeInBar(t, meter, upbeat) {
  let first = 0;
  for (const known of CLOCK_METERS) {
    const steps = barLength(known);
    if (known[0] === meter[0] && known[1] === meter[1])
      return first + ((((t - upbeat) % steps) + steps) % steps);
    first += steps;
  }
  return first;
}
