"""Bugs to be planted in kernels.cu by test_kernels.py: what it is, text, text instead, and further texts."""

FORWARD_CALL = "if (j < H && row < B)\n        cell("
BACKWARD_CALL = "if (j < H && row < B)\n        cell_gradient("
THREADS_IN_ORDER = "one thread loads for all, with no barrier: right where it comes first"
BLOCKS_IN_ORDER = "one block copies for all: right where it comes first"
MUTANTS = {
    # Threads and blocks
    "forward: no barrier between loading a tile and using it": [
        "__syncthreads();\n        for (int k = 0; k < DEPTH; k++)",
        "for (int k = 0; k < DEPTH; k++)",
    ],
    "forward: no barrier before the next tile": [
        "* before[threadIdx.y][k];\n        __syncthreads();",
        "* before[threadIdx.y][k];",
    ],
    "backward: no barrier between loading a tile and using it": [
        "__syncthreads();\n        for (int k = 0; k < 4 * DEPTH; k++)",
        "for (int k = 0; k < 4 * DEPTH; k++)",
    ],
    "backward: no barrier before the next tile": [
        "* dz[threadIdx.y][k];\n        __syncthreads();",
        "* dz[threadIdx.y][k];",
    ],
    "forward: threads outside of h return before a barrier": [
        "    float sum[4] = {0, 0, 0, 0};\n",
        "    float sum[4] = {0, 0, 0, 0};\n    if (j >= H || row >= B) return;\n",
    ],
    "backward: threads outside of h return before a barrier": [
        "    float sum[4] = {0, 0, 0, 0}; //",
        "    if (j >= H || row >= B) return;\n    float sum[4] = {0, 0, 0, 0}; //",
    ],
    "forward: a barrier that only some threads reach": [
        "* before[threadIdx.y][k];\n        __syncthreads();",
        "* before[threadIdx.y][k];\n        if (j < H) __syncthreads();",
    ],
    "forward: shared memory taken for empty": [
        "+= u[gate][threadIdx.x][k] * before",
        "+= u[gate][threadIdx.x][k + (k > 62)] * before",
    ],
    "dz of this step, which other blocks overwrite": [
        "dz[r][k] = entry(z + 4 * (t + 1) * size, ",
        "dz[r][k] = entry(z + 4 * t * size, ",
    ],
    THREADS_IN_ORDER: [
        "int n = me; n < 4 * UNITS * DEPTH; n += UNITS * ROWS",
        "int n = 0; me == 0 && n < 4 * UNITS * DEPTH; n++",
        "int n = me; n < ROWS * DEPTH; n += UNITS * ROWS",
        "int n = 0; me == 0 && n < ROWS * DEPTH; n++",
        "__syncthreads();\n        for (int k = 0; k < DEPTH; k++)",
        "for (int k = 0; k < DEPTH; k++)",
    ],
    BLOCKS_IN_ORDER: [
        "    float sum[4] = {0, 0, 0, 0};\n",
        "    float sum[4] = {0, 0, 0, 0};\n    if (!me && !first && !top)\n"
        "        for (size_t n = 0; n < size; n++) c[(t + 1) * size + n] = c[t * size + n];\n",
        "+ j, c[here], c + here + size",
        "+ j, c[here + size], c + here + size",
    ],
    "a constant array written": [
        "    cell(sum, b + j, z + 4 * size * t",
        "    ((float *)uh)[n] = 0;\n    cell(sum, b + j, z + 4 * size * t",
    ],
    # Bounds
    "cell forward: no bounds check": ["if (n >= size)\n        return;\n    size_t j", "size_t j"],
    "cell backward: no bounds check": ["if (n >= size)\n        return;\n    size_t here", "size_t here"],
    "cell forward: bounds one too wide": [
        "if (n >= size)\n        return;\n    size_t j",
        "if (n > size)\n        return;\n    size_t j",
    ],
    "forward: no check of the unit": [FORWARD_CALL, FORWARD_CALL.replace("j < H && ", "")],
    "forward: no check of the example": [FORWARD_CALL, FORWARD_CALL.replace(" && row < B", "")],
    "backward: no check of the unit": [BACKWARD_CALL, BACKWARD_CALL.replace("j < H && ", "")],
    "backward: no check of the example": [BACKWARD_CALL, BACKWARD_CALL.replace(" && row < B", "")],
    "entries taken from the next row": ["return row < rows && column < columns ?", "return row < rows ?"],
    "entries taken from below the matrix": [
        "row < rows && column",
        "column",
    ],
    "a step after the last": ["t + 1 < T && k0", "t < T && k0"],
    "the last tile left out": [
        "for (int k0 = 0; k0 < H; k0 += DEPTH)",
        "for (int k0 = 0; k0 + DEPTH <= H; k0 += DEPTH)",
    ],
    "a tile loaded in part": ["n < ROWS * DEPTH; n +=", "n < ROWS * DEPTH - 1; n +="],
    # Places
    "units and examples exchanged in a block": [
        "    float sum[4] = {0, 0, 0, 0};\n    for",
        "    row = top + threadIdx.x % ROWS;\n    float sum[4] = {0};\n    for",
    ],
    "the gates of the next unit": [
        "float f = sigmoid(z[H] + uh[1] + b[H])",
        "float f = sigmoid(z[H] + uh[1] + b[1])",
    ],
    "c before the step for c after it": [
        "c[here], c[here + size], dc + n, H);",
        "c[here], c[here], dc + n, H);",
    ],
    "h written over the step's own": ["c[here], c + next, h + next, H);", "c[here], c + next, h + here, H);"],
    "U not transposed": [
        "entry(U, k0 + n / UNITS, 4 * H, first + n % UNITS, H)",
        "entry(U, first + n % UNITS, 4 * H, k0 + n / UNITS, H)",
    ],
    "dz of the step before": ["entry(z + 4 * (t + 1) * size", "entry(z + 4 * (t - 1) * size"],
    # The cell
    "i and f exchanged": ["*c_next = f * c + i * g;", "*c_next = i * c + f * g;"],
    "a bias forgotten": [
        "float g = tanhf(z[3 * H] + uh[3] + b[3 * H]);",
        "float g = tanhf(z[3 * H] + uh[3]);",
    ],
    "U h forgotten for a gate": ["sigmoid(z[2 * H] + uh[2] + b[2 * H])", "sigmoid(z[2 * H] + b[2 * H])"],
    "no tanh on the cell's output": ["*h_next = o * tanhf(*c_next);", "*h_next = o * *c_next;"],
    "a missing sigmoid derivative": ["z[0] = d * g * i * (1 - i);", "z[0] = d * g * i;"],
    "the derivative of tanh for a sigmoid": ["z[H] = d * c * f * (1 - f);", "z[H] = d * c * (1 - f * f);"],
    "1 - g^2 missing": ["z[3 * H] = d * i * (1 - g * g);", "z[3 * H] = d * i;"],
    "1 - tanh(c)^2 missing": ["dh * o * (1 - tanh_c * tanh_c)", "dh * o"],
    "dc of the step after forgotten": ["float d = *dc + dh * o", "float d = dh * o"],
    "dc carried without the forget gate": ["*dc = d * f;", "*dc = d;"],
    "c after the step for c before it": ["z[H] = d * c * f", "z[H] = d * c_next * f"],
    "dh of the step after forgotten": ["dh[here] + from_next[n]", "dh[here]"],
    "a quarter of U^T dz forgotten": ["sum[0] + sum[1] + sum[2] + sum[3]", "sum[0] + sum[1] + sum[2]"],
}
