"""How fast is a melody drawn? Ours beside a loop around torch.nn.LSTM that carries its state, in one run.

    python benchmarks/generation_speed.py [--rounds 9]

Both draw 512 symbols at temperature 1 from the same weights of 256 units, one symbol at a time. They use one
thread, since a product of a matrix and a vector gains nothing from two. Needs the `bench` extra.
"""

import argparse
import platform
import statistics
import time
from datetime import date

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from lstm_from_scratch.composing import sample
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.model.conversion import to_torch
from lstm_from_scratch.music import Vocabulary

STEPS = 512


def torch_loop(lstm: torch.nn.LSTM, dense: torch.nn.Linear, generator: torch.Generator) -> None:
    """The obvious way with PyTorch: one-hot, step, softmax, draw."""
    token, state = torch.zeros(1, dtype=torch.long), None
    with torch.inference_mode():
        for _ in range(STEPS):
            h, state = lstm(torch.nn.functional.one_hot(token, lstm.input_size).float()[None], state)
            p = torch.softmax(dense(h[0, 0]) / 1.0, dim=0)
            token = torch.multinomial(p, 1, generator=generator)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    vocabulary = Vocabulary(["/", "_", "r", *(str(pitch) for pitch in range(48, 85))])
    model = MelodyModel(len(vocabulary), rng=np.random.default_rng(0))
    model.params["dense.b"][
        vocabulary.ids(["/"])[0]
    ] = -1e4  # it never ends a melody, so all are of one length
    lstm, dense = torch.nn.LSTM(model.symbols, model.units), torch.nn.Linear(model.units, model.symbols)
    weights = to_torch(model)
    for name, layer in (("lstm", lstm), ("dense", dense)):
        layer.load_state_dict(
            {k.removeprefix(f"{name}."): w for k, w in weights.items() if k.startswith(name)}
        )
    rng, generator = np.random.default_rng(0), torch.Generator().manual_seed(0)
    loops = {
        "ours": lambda: sample(model, vocabulary, 1.0, steps=STEPS, rng=rng),
        "torch": lambda: torch_loop(lstm, dense, generator),
    }
    seconds: dict[str, list[float]] = {name: [] for name in loops}
    with threadpool_limits(1, user_api="blas"):
        for _ in range(rounds):
            for name, loop in loops.items():
                start = time.perf_counter()
                loop()
                seconds[name].append(time.perf_counter() - start)
    ours, torchs = (STEPS / statistics.median(found) for found in seconds.values())
    print(
        f"{date.today()}, {platform.machine()}, NumPy {np.__version__}, torch {torch.__version__}, one thread"
    )
    print("| symbols a second, ours | torch | ours / torch |\n|---|---|---|")
    print(f"| {ours:.0f} | {torchs:.0f} | {ours / torchs:.2f} |")


if __name__ == "__main__":
    main()
