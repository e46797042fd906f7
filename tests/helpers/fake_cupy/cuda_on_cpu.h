// Enough of CUDA for g++ to run a kernel on the host. The threads of a block are fibres that take turns at
// __syncthreads(): each runs until it gets there or ends, in one order or the reverse, so that what one thread
// reads before another has written it shows. Shared memory is 0xFF, NaN for floats, when a block begins.

#include <stddef.h>
#include <string.h>
#include <ucontext.h>

// What the kernels call, declared here: C++'s own headers take longer to compile than the kernels.
extern "C" float expf(float), tanhf(float);
extern "C" void *malloc(size_t);

#define __global__
#define __device__ static inline
#define __shared__ static __attribute__((section("shared_memory")))
#define __syncthreads() wait_at(__LINE__)

struct dim3 { unsigned x, y, z; };
static dim3 gridDim, blockDim, blockIdx, threadIdx;

extern char __start_shared_memory[] __attribute__((weak, visibility("hidden")));
extern char __stop_shared_memory[] __attribute__((weak, visibility("hidden")));

enum { ENDED = -1, MOST_THREADS = 1024, STACK = 32768 };
enum { REVERSE_BLOCKS = 1, REVERSE_THREADS = 2 }; // bits of `order`
static ucontext_t scheduler, fibre[MOST_THREADS];
static int place[MOST_THREADS], now; // the line of the barrier where each thread waits; the thread that runs
static char *stacks;
static void (*call)(void *), *arguments;

static void wait_at(int line)
{
    place[now] = line;
    swapcontext(&fibre[now], &scheduler);
}

static void thread()
{
    call(arguments);
    place[now] = ENDED;
    swapcontext(&fibre[now], &scheduler);
}

// 0, or 1 where some threads ended, or waited at another barrier, while others waited.
static int run_block(int threads, int order)
{
    memset(__start_shared_memory, 0xFF, __stop_shared_memory - __start_shared_memory);
    for (int n = 0; n < threads; n++) {
        getcontext(&fibre[n]);
        fibre[n].uc_stack.ss_sp = stacks + (size_t)n * STACK;
        fibre[n].uc_stack.ss_size = STACK;
        makecontext(&fibre[n], thread, 0);
    }
    do {
        for (int i = 0; i < threads; i++) {
            now = order & REVERSE_THREADS ? threads - 1 - i : i;
            threadIdx = {now % blockDim.x, now / blockDim.x % blockDim.y, now / blockDim.x / blockDim.y};
            swapcontext(&scheduler, &fibre[now]);
        }
        for (int n = 1; n < threads; n++)
            if (place[n] != place[0])
                return 1;
    } while (place[0] != ENDED);
    return 0;
}

template <class Kernel> static int run(const unsigned *grid, const unsigned *block, int order, Kernel kernel)
{
    stacks = stacks ? stacks : (char *)malloc((size_t)MOST_THREADS * STACK);
    gridDim = {grid[0], grid[1], grid[2]}, blockDim = {block[0], block[1], block[2]};
    call = [](void *k) { (*(Kernel *)k)(); }, arguments = &kernel;
    unsigned blocks = grid[0] * grid[1] * grid[2];
    for (unsigned i = 0; i < blocks; i++) {
        unsigned n = order & REVERSE_BLOCKS ? blocks - 1 - i : i;
        blockIdx = {n % grid[0], n / grid[0] % grid[1], n / grid[0] / grid[1]};
        if (run_block(block[0] * block[1] * block[2], order))
            return 1;
    }
    return 0;
}
