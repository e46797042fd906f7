/* The equations of attention that copies, one step of one song: the twin of network/pointer.py. [Merity16]

   A song's keys are a list, one for each earlier step. What is scored at step t is the sentinel, which stands
   for copying nothing, and then every step i < t, after which x_(i+1) stood. */

/** How many symbols up to the last one and up to each earlier one are the same, one after the other, at most.
 * @param {number[]} tokens @param {number} most */
function matchLengths(tokens, most) {
  const last = tokens.length - 1;
  return tokens.slice(0, last).map((_, i) => {
    let length = 0;
    while (length <= i && length < most && tokens[i - length] === tokens[last - length]) length++;
    return length;
  });
}

/** `a . b`. @param {Float64Array|Float32Array} a @param {Float64Array|Float32Array} b */
function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/** One step's scores: of the sentinel, and of each earlier step.
 * @param {Weights} p @param {Float64Array} h @param {Float64Array[]} keys @param {number[]} match */
function pointerScores(p, h, keys, match) {
  const t = keys.length;
  const scale = Math.sqrt(p.bq.length);
  const q = times(p.Wq, h).map((q_j, j) => q_j + p.bq[j]); // (7)
  const none = dot(q, p.s) / scale; // (9)
  const places = keys.map((k_i, i) => {
    const lag = Math.min(t - i, p.r.length - 1);
    return dot(q, k_i) / scale + p.m[match[i]] + p.r[lag]; // (10)
  });
  return Float64Array.from([none, ...places]);
}

/** ln p of the next symbol, from the dense layer's scores y and the pointer's e, by their logarithms.
 * @param {Float64Array} y @param {Float64Array} e @param {number[]} copied what stood after each earlier step */
function logMixture(y, e, copied) {
  const log_a = logSoftmax(e); // (11)
  const log_p = logSoftmax(y).map((log_y) => log_a[0] + log_y);
  copied.forEach((x, i) => (log_p[x] = logAdd(log_p[x], log_a[1 + i]))); // (12)
  return log_p;
}

/** ln(exp a + exp b). @param {number} a @param {number} b */
const logAdd = (a, b) => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
