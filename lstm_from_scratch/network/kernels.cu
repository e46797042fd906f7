// The LSTM's steps on a GPU: the cell alone, after a product of cuBLAS (cell_forward, cell_backward), or the
// product and the cell in one (step_forward, step_backward). The equations are those of lstm.py.
//
// Rows are examples: in a step h and c are (B, H), and z is (B, 4H) with the gates i, f, o, g as blocks of H
// columns. z begins as W x, is overwritten by the gates on the way forward and by its gradient on the way back.
// Arrays hold all steps one behind the other; h and c begin with the state before the first.

__device__ float sigmoid(float z) { return 1 / (1 + expf(-z)); }

// The cell of one unit of one example; `uh` is its part of U h_(t-1), and z and b stand H apart for the gates.
__device__ void cell(const float uh[4], const float *b, float *z, float c, float *c_next, float *h_next, int H)
{
    float i = sigmoid(z[0] + uh[0] + b[0]);
    float f = sigmoid(z[H] + uh[1] + b[H]);
    float o = sigmoid(z[2 * H] + uh[2] + b[2 * H]);
    float g = tanhf(z[3 * H] + uh[3] + b[3 * H]);
    *c_next = f * c + i * g;
    *h_next = o * tanhf(*c_next);
    z[0] = i, z[H] = f, z[2 * H] = o, z[3 * H] = g;
}

// Its gradient, from dh and from dc of the step after; dc becomes that of the step before.
__device__ void cell_gradient(float dh, float *z, float c, float c_next, float *dc, int H)
{
    float i = z[0], f = z[H], o = z[2 * H], g = z[3 * H], tanh_c = tanhf(c_next);
    float d = *dc + dh * o * (1 - tanh_c * tanh_c);
    z[0] = d * g * i * (1 - i);
    z[H] = d * c * f * (1 - f);
    z[2 * H] = dh * tanh_c * o * (1 - o);
    z[3 * H] = d * i * (1 - g * g);
    *dc = d * f;
}

// uh (B, 4H) = U h_(t-1). A thread for each entry of h.
extern "C" __global__ void cell_forward(const float *uh, const float *b, float *z, float *c, float *h,
                                        int t, int B, int H)
{
    size_t n = (size_t)blockIdx.x * blockDim.x + threadIdx.x, size = (size_t)B * H;
    if (n >= size)
        return;
    size_t j = n % H, place = n / H * 4 * H + j, here = t * size + n, next = here + size;
    const float sum[4] = {uh[place], uh[place + H], uh[place + 2 * H], uh[place + 3 * H]};
    cell(sum, b + j, z + 4 * size * t + place, c[here], c + next, h + next, H);
}

// from_next (B, H) = U^T dz_(t+1). A thread for each entry of h.
extern "C" __global__ void cell_backward(const float *from_next, const float *dh, float *z, const float *c,
                                         float *dc, int t, int B, int H)
{
    size_t n = (size_t)blockIdx.x * blockDim.x + threadIdx.x, size = (size_t)B * H;
    if (n >= size)
        return;
    size_t here = t * size + n, place = n / H * 4 * H + n % H;
    cell_gradient(dh[here] + from_next[n], z + 4 * size * t + place, c[here], c[here + size], dc + n, H);
}

// A block of the whole step: UNITS of ROWS examples, a thread for each; DEPTH columns of h at a time.
const int UNITS = 8, ROWS = 16, DEPTH = 64;

// An entry of a matrix, 0 outside of it.
__device__ float entry(const float *a, int row, int rows, int column, int columns)
{
    return row < rows && column < columns ? a[(size_t)row * columns + column] : 0;
}

// z = W x + U h_(t-1) + b and the cell.
extern "C" __global__ void step_forward(const float *U, const float *b, float *z, float *c, float *h,
                                        int t, int B, int H)
{
    __shared__ float u[4][UNITS][DEPTH + 1], before[ROWS][DEPTH + 1]; // + 1: no two threads on one bank
    int first = blockIdx.x * UNITS, top = blockIdx.y * ROWS, me = threadIdx.y * UNITS + threadIdx.x;
    int j = first + threadIdx.x, row = top + threadIdx.y;
    size_t size = (size_t)B * H, here = t * size + (size_t)row * H + j;
    float sum[4] = {0, 0, 0, 0};
    for (int k0 = 0; k0 < H; k0 += DEPTH) {
        for (int n = me; n < 4 * UNITS * DEPTH; n += UNITS * ROWS) {
            int k = n % DEPTH, unit = n / DEPTH % UNITS, gate = n / DEPTH / UNITS;
            u[gate][unit][k] = entry(U, gate * H + first + unit, 4 * H, k0 + k, H);
        }
        for (int n = me; n < ROWS * DEPTH; n += UNITS * ROWS)
            before[n / DEPTH][n % DEPTH] = entry(h + t * size, top + n / DEPTH, B, k0 + n % DEPTH, H);
        __syncthreads();
        for (int k = 0; k < DEPTH; k++)
            for (int gate = 0; gate < 4; gate++)
                sum[gate] += u[gate][threadIdx.x][k] * before[threadIdx.y][k];
        __syncthreads();
    }
    if (j < H && row < B)
        cell(sum, b + j, z + 4 * (t * size + (size_t)row * H) + j, c[here], c + here + size, h + here + size, H);
}

// dh_t + U^T dz_(t+1) and the cell's gradient; after the last of T steps comes nothing.
extern "C" __global__ void step_backward(const float *U, const float *dh, float *z, const float *c, float *dc,
                                         int t, int T, int B, int H)
{
    __shared__ float u[4 * DEPTH][UNITS], dz[ROWS][4 * DEPTH + 1];
    int first = blockIdx.x * UNITS, top = blockIdx.y * ROWS, me = threadIdx.y * UNITS + threadIdx.x;
    int j = first + threadIdx.x, row = top + threadIdx.y;
    size_t size = (size_t)B * H, mine = (size_t)row * H + j, here = t * size + mine;
    float sum[4] = {0, 0, 0, 0}; // four, since one would have to wait for itself at every addition
    for (int k0 = 0; t + 1 < T && k0 < 4 * H; k0 += 4 * DEPTH) {
        for (int n = me; n < 4 * DEPTH * UNITS; n += UNITS * ROWS)
            u[n / UNITS][n % UNITS] = entry(U, k0 + n / UNITS, 4 * H, first + n % UNITS, H);
        for (int n = me; n < ROWS * 4 * DEPTH; n += UNITS * ROWS) {
            int k = n % (4 * DEPTH), r = n / (4 * DEPTH);
            dz[r][k] = entry(z + 4 * (t + 1) * size, top + r, B, k0 + k, 4 * H);
        }
        __syncthreads();
        for (int k = 0; k < 4 * DEPTH; k++)
            sum[k % 4] += u[k][threadIdx.x] * dz[threadIdx.y][k];
        __syncthreads();
    }
    if (j < H && row < B)
        cell_gradient(dh[here] + sum[0] + sum[1] + sum[2] + sum[3], z + 4 * (t * size + (size_t)row * H) + j,
                      c[here], c[here + size], dc + mine, H);
}
