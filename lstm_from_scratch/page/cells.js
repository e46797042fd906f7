/* The equations of each cell, one step at a time: the twin of network/cells.py, line by line.

   Here a step has one example, so a column is an array of numbers. Weights are Float32Array, row after row, as
   NumPy keeps them; every sum is made in float64. A matrix W (rows, V) times a one-hot x is a column of W, so
   x is given as the list of the places where it is 1.

   Every cell takes the moment before (its h, and an LSTM's c) and gives the moment after, with the gates that
   one wants to see. `hand(name, values)` may change a gate or a state as it arises: it is how the page clamps
   gates and silences units. `leave` changes nothing. */

/** @typedef {Object<string, Float32Array>} Weights */
/** @typedef {Object<string, Float64Array>} Moment */
/** @typedef {(name: string, values: Float64Array) => Float64Array} Hand */

/** @type {Hand} */
const leave = (_, values) => values;

/** 1 / (1 + exp(-z)), as (1 + tanh(z / 2)) / 2, which overflows for no z. @param {number} z */
const sigmoid = (z) => 0.5 * (1 + Math.tanh(0.5 * z));

/** `M @ v`, for a matrix (rows, v.length). @param {Float32Array} M @param {Float64Array} v */
function times(M, v) {
  const n = v.length;
  const product = new Float64Array(M.length / n);
  for (let r = 0, start = 0; r < product.length; r++, start += n) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += M[start + k] * v[k];
    product[r] = sum;
  }
  return product;
}

/** `W @ x + b`, x being 1 at the places `ones` and 0 elsewhere.
 * @param {Float32Array} W @param {number[]} ones @param {Float32Array} b */
function input(W, ones, b) {
  const V = W.length / b.length;
  const z = Float64Array.from(b);
  for (const one of ones) for (let r = 0; r < z.length; r++) z[r] += W[r * V + one];
  return z;
}

/** `a + b`. @param {Float64Array} a @param {Float64Array} b */
const plus = (a, b) => a.map((value, j) => value + b[j]);

/** The blocks of H rows, in the order in which the weights hold them. @param {Float64Array} rows @param {number} H */
function blocks(rows, H) {
  const found = [];
  for (let start = 0; start < rows.length; start += H) found.push(rows.subarray(start, start + H));
  return found;
}

/** One step of a simple recurrent network. [Elman90]
 * @param {number[]} x @param {Moment} before @param {Weights} weights @param {Hand} hand */
function rnnCell(x, before, { W, U, b }, hand = leave) {
  const z = plus(input(W, x, b), times(U, before.h)); // (0)
  const h = hand("h", z.map(Math.tanh)); // (1)
  return { h };
}

/** One step of an LSTM, from h_(t-1) and c_(t-1) to h_t and c_t; rows hold the blocks i, f, o, g. [HS97, Gers00]
 * @param {number[]} x @param {Moment} before @param {Weights} weights @param {Hand} hand */
function lstmCell(x, before, { W, U, b }, hand = leave) {
  const z = plus(input(W, x, b), times(U, before.h)); // (0)
  const [z_i, z_f, z_o, z_g] = blocks(z, before.h.length);
  const i = hand("i", z_i.map(sigmoid)); // (1) the input gate
  const f = hand("f", z_f.map(sigmoid)); // (2) the forget gate
  const o = hand("o", z_o.map(sigmoid)); // (3) the output gate
  const g = hand("g", z_g.map(Math.tanh)); // (4) the candidate
  const c = hand(
    "c",
    before.c.map((c_j, j) => f[j] * c_j + i[j] * g[j]),
  ); // (5)
  const h = hand(
    "h",
    o.map((o_j, j) => o_j * Math.tanh(c[j])),
  ); // (6)
  return { h, c, i, f, o, g };
}

/** One step of a GRU whose reset gate scales a bias too; rows hold the blocks r, u, n. [Cho14]
 * @param {number[]} x @param {Moment} before @param {Weights} weights @param {Hand} hand */
function gruCell(x, before, { W, U, b, bn }, hand = leave) {
  const H = before.h.length;
  const [z_r, z_u, z_n] = blocks(input(W, x, b), H); // (0)
  const [Uh_r, Uh_u, Uh_n] = blocks(times(U, before.h), H);
  const r = hand("r", plus(z_r, Uh_r).map(sigmoid)); // (1) the reset gate
  const u = hand("u", plus(z_u, Uh_u).map(sigmoid)); // (2) the update gate
  const v = Uh_n.map((value, j) => value + bn[j]); // (3)
  const n = hand(
    "n",
    z_n.map((z_j, j) => Math.tanh(z_j + r[j] * v[j])),
  ); // (4) the candidate
  const h = hand(
    "h",
    n.map((n_j, j) => (1 - u[j]) * n_j + u[j] * before.h[j]),
  ); // (5)
  return { h, r, u, n };
}

const CELLS = { rnn: rnnCell, lstm: lstmCell, gru: gruCell };
