"""The counting models beside the networks: the table of the README, and the first section of RESULTS.md."""

from __future__ import annotations

from tables import ratio, source, spread, table

from lstm_from_scratch.evaluation.baselines import NGRAM_ORDERS
from lstm_from_scratch.evaluation.evaluation import STRONGEST
from lstm_from_scratch.paper import Result

# The strongest counting models, and what the tables call them.
COUNTING = {STRONGEST: "Kneser-Ney + song", "kneser-ney": "Kneser-Ney"}
BOUND_TO_COME = """- *Counting bound*: a log-linear mix of many counting models. `python benchmarks/counting_bound.py` measures it; it has
  not been run to its end yet."""


def rivals(results: Result) -> str:
    """The counting models, and what the network is worth beside them."""
    found, test = results["fast-erk"], results["fast-erk"]["test"]
    over = test["network"]["over"][STRONGEST]
    verdict = "is worth less than" if over[1] > 1 else "beats" if over[2] < 1 else "is worth as much as"
    return f"""A folk song repeats its phrases, so a model that is to be called good must beat one that counts them:

- *n-gram* (Witten-Bell): the last symbols, as they were followed in the training songs; the order from 1 to 8 that is
  best. It is where the lessons begin. {nats(test, best_ngram(test))} on the test part of `erk`.
- *Kneser-Ney* in the form of Pitman and Yor's process: contexts of up to 24 symbols, where a shorter context counts in how
  many different longer ones a symbol followed. {nats(test, "kneser-ney")}.
- *Kneser-Ney + song*: the same, then corrected by what followed the last 8, 12, 16, 20 and 24 symbols earlier in the
  same song. {nats(test, STRONGEST)}.
{bound(results["counting_bound"]) if "counting_bound" in results else BOUND_TO_COME}

The paper's model, trained by our recipe, needs {nats(test, "network")}: {ratio(over)} of Kneser-Ney + song's. So the
LSTM **{verdict} a model that counts in the song as well**. It has learnt far more from the training songs, since it needs
only {ratio(test["network"]["over"]["kneser-ney"])} of Kneser-Ney's, but it does not look back at what the song has already said.
{looking_back(results["attention-erk"]) if "attention-erk" in results else ""}
Source: `melody evaluate`, or {source(found)}."""


def looking_back(found: Result) -> str:
    """What attention and a clock add."""
    network, last = found["test"]["network"], found["rows"][-1]
    return f"""
With attention that copies, and a clock that knows the place in the bar (`melody train --preset attention`: whole songs,
{last["epoch"]:.0f} epochs, {last["seconds"] / 60:.0f} minutes of one busy core), it needs **{network["nats_per_symbol"]:.3f}**
({network["interval"][0]:.3f} to {network["interval"][1]:.3f}): {ratio(network["over"][STRONGEST])} of Kneser-Ney + song's, with
{found["parameters"]:,} parameters. One seed; the recipe was not tuned on the test part.
Source: {source(found)}.
"""


def bound(found: Result) -> str:
    """What a mix of many counting models reaches."""
    return f"""- *Counting bound*: {found["features"]} features of this kind, of symbols, events, rhythm, place in the bar, longest matches and
  repetitions at fixed distances, in a log-linear mix whose weights are fitted on training and validation songs.
  {nats(found, "test")}, {ratio(found["test"]["over"][STRONGEST])} of Kneser-Ney + song's ({source(found)}). On the
  validation songs it has {found["validation"]:.3f}, with weights from training songs alone."""


def nats(test: Result, name: str) -> str:
    """What a predictor needs, in words."""
    return f"{test[name]['nats_per_symbol']:.3f} nats a symbol"


def models_table(results: Result) -> str:
    """Our recipes, the paper's and the counting models on the test part of `erk`."""
    test, networks = results["fast-erk"]["test"], {"`fast`": results["fast-erk"]["test"]["network"]}
    if "attention-erk" in results:
        networks = {"`attention`": results["attention-erk"]["test"]["network"], **networks}
    if "paper-erk" in results:
        networks["the paper's recipe, best epoch"] = results["paper-erk"]["test"]["network"]
    best = best_ngram(test)
    bound = {"counting bound": results["counting_bound"]["test"]} if "counting_bound" in results else {}
    counted = bound | {COUNTING[name]: test[name] for name in COUNTING} | {
        f"{best}, the best of its kind": test[best], "1-gram": test["1-gram"], "always `_`": test["always _"],
    }  # fmt: skip
    rows = []
    for name, m in {**networks, **counted}.items():
        rows.append([name, spread(m["nats_per_symbol"], m["interval"], 3), over_strongest(m, test),
                     spread(m["bits_per_onset"], m["intervals"]["bits_per_onset"]),
                     f"{100 * m['onset_accuracy']:.1f} %", f"{100 * m['accuracy']:.1f} %",
                     f"{m['pitch_bits']:.2f}"])  # fmt: skip
    head = ["`erk`, test part", "nats a symbol", "over Kneser-Ney + song", "bits an onset", "onset accuracy",
            "accuracy", "bits a pitch"]  # fmt: skip
    return table(head, rows)


def over(network: Result) -> str:
    """A network's nats over those of the strongest counting model that it was measured beside."""
    name = STRONGEST if STRONGEST in network["over"] else next(iter(network["over"]))
    return f"{ratio(network['over'][name])} of the nats of {COUNTING.get(name, f'the {name}')}"


def over_strongest(m: Result, test: Result) -> str:
    """Nats over those of Kneser-Ney + song on the same songs; with the interval where it was measured."""
    if STRONGEST in m.get("over", {}):
        return ratio(m["over"][STRONGEST])
    return f"{m['nats_per_symbol'] / test[STRONGEST]['nats_per_symbol']:.3f}"


def best_ngram(test: Result) -> str:
    """The name of the Witten-Bell n-gram with the fewest nats."""
    return min((f"{order}-gram" for order in NGRAM_ORDERS), key=lambda name: test[name]["nats_per_symbol"])
