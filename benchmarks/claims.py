"""The paper's claims, each beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from lstm_from_scratch.paper import Result
from lstm_from_scratch.paper.table_one import PAPER_CELLS

PRICE = 0.5  # dollars an hour, the paper's
FEATURES = {
    "mean_interval": "mean interval", "pitch_range": "range", "duration_transitions": "durations' transitions",
    "pitch_class_transitions": "pitch classes' transitions",
}  # fmt: skip


class Claim(NamedTuple):
    """What the paper says and where, what was measured, and what follows from that by a rule given here."""

    said: str
    where: str
    measured: str
    verdict: str


def claims(results: Result) -> dict[str, Claim]:
    """All claims by name; those about the paper's own recipe only if it has been trained."""
    paper = _training(results) | _hours(results) if "paper-erk" in results else {}
    return paper | _cells(results) | _costs(results) | _melodies(results) | _preparation(results)


def _holds(condition: bool) -> str:
    return "holds" if condition else "does not hold"


def _training(results: Result) -> dict[str, Claim]:
    paper = results["paper-erk"]
    first, top, last = paper["rows"][0], paper["best"], paper["rows"][-1]
    accuracy, onsets = paper["window_accuracy"], paper["test"]["network"]["onset_accuracy"]
    overfits = last["validation_loss"] > 1.02 * top["validation_loss"]
    avoided = _holds(not overfits) if overfits or paper["finished"] else "not known yet"
    learns = (
        last["training_loss"] < first["training_loss"]
        and last["training_accuracy"] > first["training_accuracy"]
    )
    dumb = accuracy["delimiter or _"] / accuracy["network"]
    return {
        "falls": Claim("Loss falls and accuracy rises over 40 epochs", "Figures 3, 4",
              f"from epoch 1 to {last['epoch']:.0f}, training loss {first['training_loss']:.3f} to "
              f"{last['training_loss']:.3f}, training accuracy {100 * first['training_accuracy']:.1f} to "
              f"{100 * last['training_accuracy']:.1f} %; validation loss {first['validation_loss']:.3f} to "
              f"{last['validation_loss']:.3f}, lowest after epoch {top['epoch']:.0f} ({top['validation_loss']:.3f})",
              "holds for the training songs only" if learns and overfits else _holds(learns)),
        "overfitting": Claim("Preprocessing avoids overfitting", "V",
              f"after epoch {last['epoch']:.0f} the training loss is {last['training_loss']:.3f}, and the validation "
              f"loss has risen {last['validation_loss'] / top['validation_loss'] - 1:.1%} above its best", avoided),
        "accuracy": Claim("Accuracy measures it", "III-B2",
              f"as the paper counts it, {100 * accuracy['network']:.1f} % on validation windows; the rule \"a delimiter "
              f"after a delimiter, else `_`\" has {100 * accuracy['delimiter or _']:.1f} %; of the onsets of test songs the "
              f"network predicts {100 * onsets:.1f} %",
              f"flatters: {dumb:.0%} of it needs no network" if dumb > 0.5 else "holds"),
    }  # fmt: skip


def _cells(results: Result) -> dict[str, Claim]:
    found = results["compare"]
    models = [found["models"][f"{cell}-256"] for cell in PAPER_CELLS]
    lengths = [m["context"]["symbols"]["effective_length"] for m in models]
    recalled = "; ".join(
        f"{task}: {_named(_range(found['recall'][cell][task]) for cell in PAPER_CELLS)}"
        for task in found["recall"]["rnn"]
    )
    pairs = {
        f"{a} / {b}": found["paired"][f"{a.lower()}-256 over {b.lower()}-256"]
        for a, b in (("GRU", "RNN"), ("LSTM", "GRU"), ("LSTM", "RNN"))
    }
    distinct = [m["samples"]["1.0"]["distinct_4"] for m in models]
    return {
        "sequence length": Claim("Sequence length retained: RNN short, GRU medium, LSTM long", "Table I",
              "context used: " + _named(f"{length} ({low} to {high})" for length, low, high in lengths)
              + f" symbols; distractors after which items are recalled, {recalled}",
              _holds(_rising([length[1:] for length in lengths]))),
        "quality": Claim("Quality: RNN moderate, GRU good, LSTM excellent", "Table I",
              _named(f"{m['bits_per_onset']:.2f}" for m in models) + " bits an onset; paired ratios: "
              + ", ".join(f"{name} {_interval(r)}" for name, r in pairs.items()),
              _holds(all(_below(r) for r in pairs.values())) + ": " + ", ".join(
                  f"{name} {_told(r)}" for name, r in pairs.items())),
        "diversity": Claim("Diversity: RNN low, GRU moderate, LSTM high", "Table I",
              "distinct-4 at T = 1, relative to the test songs: " + _named(f"{d[0]:.2f}" for d in distinct),
              _holds(_rising([d[1:] for d in distinct]))),
    }  # fmt: skip


def _named(values: Iterable[str]) -> str:
    """The three cells' values in words: RNN this, GRU that, LSTM that."""
    return ", ".join(f"{cell.upper()} {value}" for cell, value in zip(PAPER_CELLS, values))


def _range(distances: list[int]) -> str:
    """The range over seeds."""
    least, most = min(distances), max(distances)
    return str(least) if least == most else f"{least} to {most}"


def _rising(bounds: list[list[float]]) -> bool:
    """Whether each interval lies above the one before it."""
    return all(low > before for (_, before), (low, _) in pairwise(bounds))


def _interval(ratio: list[float]) -> str:
    return f"{ratio[0]:.3f} ({ratio[1]:.3f} to {ratio[2]:.3f})"


def _below(ratio: list[float]) -> bool:
    """Whether a paired ratio's whole interval is below 1."""
    return ratio[2] < 1


def _told(ratio: list[float]) -> str:
    """What a paired ratio says about the first of the two."""
    return "better" if _below(ratio) else "worse" if ratio[1] > 1 else "no clear difference"


def _hours(results: Result) -> dict[str, Claim]:
    paper, fast = results["paper-erk"], results["fast-erk"]
    last = paper["rows"][-1]
    to_best, all_epochs, of_fast = (
        seconds / 3600
        for seconds in (
            paper["best"]["seconds"],
            last["seconds"] / last["epoch"] * paper["recipe"]["epochs"],
            fast["rows"][-1]["seconds"],
        )
    )
    return {
        "hours": Claim("About 10 hours on a GPU", "IV-C",
              f"one CPU core: {all_epochs:.1f} hours for the {paper['recipe']['epochs']} epochs of the paper's recipe"
              + ("" if paper["finished"] else f", extrapolated from {last['epoch']:.0f}")
              + f", {to_best:.1f} hours to its best epoch, {60 * of_fast:.0f} minutes for `fast`",
              "not needed" if all_epochs < 10 else "holds"),
        "dollars": Claim("5 to 7 dollars, at half a dollar an hour", "IV-C",
              f"at that price, if a core cost as much as a GPU: {PRICE * all_epochs:.2f} dollars for all epochs, {PRICE * to_best:.2f} "
              f"to the best, {PRICE * of_fast:.2f} for `fast`", "not needed" if PRICE * all_epochs < 5 else "holds"),
    }  # fmt: skip


def _costs(results: Result) -> dict[str, Claim]:
    memory, composing = results["costs"]["training"], results["costs"]["composing"]
    return {
        "gigabytes": Claim("8 GB of GPU memory", "IV-C",
              f"{memory['paper']['peak_mb']:.0f} MB for the paper's recipe on all {memory['paper']['songs']:,} songs, "
              f"{memory['fast']['peak_mb']:.0f} MB for `fast`", "not needed"),
        "inference": Claim("Inference on modest hardware", "IV-A",
              f"{composing['symbols_per_second']:,.0f} symbols a second on one core, {composing['peak_mb']:.0f} MB, a file of "
              f"{composing['model_bytes'] / 1e6:.1f} MB", _holds(composing["symbols_per_second"] > 100)),
    }  # fmt: skip


def _melodies(results: Result) -> dict[str, Claim]:
    found = results["fast-erk"]
    at, ceiling = found["samples"], found["held_out"]["overlaps"]
    return {
        "temperature": Claim("T below 0.5 structured, 0.5 to 0.7 balanced, above 0.7 exploring", "III-B3",
              "melodies of `fast`, distinct-4 relative to the test songs, T = "
              + ", ".join(f"{T}: {s['distinct_4'][0]:.2f}" for T, s in at.items())
              + "; overlap is highest at T = " + max(at, key=lambda T: at[T]["overlaps"]["mean"][0]),
              _holds(at["0.2"]["distinct_4"][0] < 0.8 < at["0.7"]["distinct_4"][0] < 1.2)
              + ", if structured means below 0.8 at T = 0.2 and balanced means 0.8 to 1.2 at 0.7; nothing changes abruptly at 0.5 or 0.7"),
        "coherence": Claim("Coherent contour, rhythm and harmony", "IV-A",
              "overlap at T = 0.7 (ceiling): " + ", ".join(
                  f"{words} {at['0.7']['overlaps'][name][0]:.2f} ({ceiling[name]:.2f})" for name, words in FEATURES.items()),
              _holds(all(at["0.7"]["overlaps"][name][0] > 0.8 * ceiling[name] for name in FEATURES))
              + ", if coherent means at least 0.8 of the ceiling in each"),
        "newness": Claim("Melodies are new", "IV-A",
              f"longest span shared with training songs at T = 1, median: {at['1.0']['copied_symbols'][1]:g} symbols, of "
              f"test songs of the same length {at['1.0']['theirs_symbols'][1]:g}",
              _holds(at["1.0"]["copied_symbols"][1] <= at["1.0"]["theirs_symbols"][1])),
    }  # fmt: skip


def _preparation(results: Result) -> dict[str, Claim]:
    found = results["ablations"]
    recipes, keys, rules = (found[name] for name in ("recipes", "keys", "rules"))
    moved, stayed = recipes["all"]["bits_per_onset"], keys["not transposed"]
    event, song = rules["event rule"]["bits_per_onset"], rules["song rule"]
    alone = {name.split()[1]: m for name, m in recipes.items() if name.endswith(" alone")}
    least = min(alone, key=lambda p: alone[p]["validation_loss"][0])
    return {
        "transposition": Claim("Transposition to C major or A minor helps", "III-A2",
              f"{moved:.2f} bits an onset with it, {stayed['bits_per_onset']:.2f} without; ratio of nats, without over with, "
              + _interval(stayed["over"]), _holds(stayed["over"][1] > 1)),
        "durations": Claim("Durations outside the list are discarded", "III-A2",
              f"event by event {event:.2f}, song by song {song['bits_per_onset']:.2f} bits an onset, on songs that both "
              f"rules keep; paired {_interval(song['over'])}", f"song by song: {_told(song['over'])}, on `erk`"),
        "dropout": Claim("Dropout of 0.2", "III-B1", "nats over those of our recipe, at dropout "
              + ", ".join(f"{p}: {_interval(m['over'])}" for p, m in alone.items())
              + "; lowest validation loss: " + ", ".join(f"{m['validation_loss'][0]:.3f}" for m in alone.values()),
              f"{least} has the lowest validation loss, one seed"),
    }  # fmt: skip


# Lesson 17's table: the claim's name, what the paper says, what would show it, and beside what.
LESSON = [
    ("sequence length", "An RNN retains short, a GRU medium, an LSTM long sequences",
     "the context beyond which the perplexity improves by no more than 1 %; the distance at which a symbol can still be recalled",
     "three cells, three seeds"),
    ("quality", "Quality: moderate, good, excellent", "held-out bits an onset",
     "the same songs and updates for all cells; the n-grams; three seeds"),
    ("diversity", "Diversity: low, moderate, high", "distinct runs of notes",
     "equally many real songs, which have 1; more is noise"),
    ("hours", "Training takes about ten hours", "hours until the held-out loss stops falling", "one core"),
    ("gigabytes", "It needs a GPU with 8 GB", "the peak memory of training", "the same run on a CPU"),
    ("dollars", "It costs 5 to 7 dollars", "hours times the price of the machine", "the hours measured"),
    ("overfitting", "The preparation of the data avoids overfitting", "training and held-out loss over all epochs",
     "the lowest held-out loss and the last one"),
    ("temperature", "T below 0.5 is structured, 0.5 to 0.7 balanced, above 0.7 exploring",
     "an abrupt change at 0.5 and 0.7 in any measure of the melodies", "real songs; another trained network (lesson 12)"),
    ("accuracy", "The accuracy of its curves", "the same count on held-out songs, and for onsets alone",
     "the predictor of lesson 3, which never heard a song"),
]  # fmt: skip
