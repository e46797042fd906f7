"""The paper's claims, each beside what was measured."""

from __future__ import annotations

from typing import Any, NamedTuple

Found = dict[str, Any]
FEATURES = {
    "mean_interval": "mean interval", "pitch_range": "range", "duration_transitions": "durations' transitions",
    "pitch_class_transitions": "pitch classes' transitions",
}  # fmt: skip


class Claim(NamedTuple):
    """What the paper says, where, what was measured, and what follows by a rule written here."""

    said: str
    where: str
    measured: str
    verdict: str


def claims(results: Found) -> dict[str, Claim]:
    """All of them by name, from the results by name; those on the paper's run only where that was made."""
    paper = _training(results) | _hours(results) if "paper-erk" in results else {}
    return paper | _cells(results) | _costs(results) | _melodies(results) | _preparation(results)


def _holds(condition: bool) -> str:
    return "holds" if condition else "does not hold"


def _training(results: Found) -> dict[str, Claim]:
    paper = results["paper-erk"]
    top, last, accuracy = paper["best"], paper["rows"][-1], paper["window_accuracy"]
    onsets = paper["test"]["network"]["onset_accuracy"]
    overfits = last["validation_loss"] > 1.02 * top["validation_loss"]
    return {
        "falls": Claim("Loss falls and accuracy rises over 40 epochs", "Figures 3, 4",
              f"in training, yes; the validation loss is lowest after epoch {top['epoch']:.0f} "
              f"({top['validation_loss']:.3f}) and {last['validation_loss']:.3f} after epoch {last['epoch']:.0f}",
              "holds for the training songs alone" if overfits else "holds"),
        "overfitting": Claim("Preprocessing avoids overfitting", "V",
              f"after epoch {last['epoch']:.0f} the training loss is {last['training_loss']:.3f}, the validation "
              f"loss {last['validation_loss'] / top['validation_loss'] - 1:+.0%} above its best", _holds(not overfits)),
        "accuracy": Claim("Accuracy measures it", "III-B2",
              f"as the paper counts it, {100 * accuracy['network']:.1f} % on validation windows; a delimiter after a "
              f"delimiter, else `_`, has {100 * accuracy['delimiter or _']:.1f} %; of the onsets of test songs, the network "
              f"foretells {100 * onsets:.1f} %", "accuracy flatters: most targets are delimiters and `_`"),
    }  # fmt: skip


def _cells(results: Found) -> dict[str, Claim]:
    models = results["compare"]["models"]
    rnn, gru, lstm = (models[f"{cell}-256"] for cell in ("rnn", "gru", "lstm"))
    lengths = [m["effective_length_perplexity"] for m in (rnn, gru, lstm)]
    recall = [results["compare"]["recall"][cell]["mixed"] for cell in ("rnn", "gru", "lstm")]
    bits = [m["bits_per_onset"] for m in (rnn, gru, lstm)]
    paired = results["compare"]["paired"]
    pairs = {f"{a} / {b}": paired[f"{a.lower()}-256 over {b.lower()}-256"]
             for a, b in (("GRU", "RNN"), ("LSTM", "GRU"), ("LSTM", "RNN"))}  # fmt: skip
    distinct = [m["samples"]["1.0"]["distinct_4"] for m in (rnn, gru, lstm)]
    rising = max(lengths[0]) < min(lengths[1]) and max(lengths[1]) < min(lengths[2])
    return {
        "memory": Claim("Sequence length retained: RNN short, GRU medium, LSTM long", "Table I",
              f"context used: {_three(lengths)} symbols; recalled after {_three(recall)} others", _holds(rising)),
        "quality": Claim("Quality: RNN moderate, GRU good, LSTM excellent", "Table I",
              " / ".join(f"{b:.2f}" for b in bits) + " bits an onset; paired: "
              + ", ".join(f"{name} {_interval(r)}" for name, r in pairs.items()),
              _holds(all(_below(r) for r in pairs.values())) + ": " + ", ".join(
                  f"{name} {_told(r)}" for name, r in pairs.items())),
        "diversity": Claim("Diversity: RNN low, GRU moderate, LSTM high", "Table I",
              "distinct-4 at T = 1, relative to the test songs: " + " / ".join(f"{d[0]:.2f}" for d in distinct),
              _holds(distinct[0][2] < distinct[1][1] and distinct[1][2] < distinct[2][1])),
    }  # fmt: skip


def _three(values: list[list[int]]) -> str:
    """Least to most over seeds, a cell each."""
    return " / ".join(f"{min(v)} to {max(v)}" if min(v) < max(v) else str(v[0]) for v in values)


def _interval(ratio: list[float]) -> str:
    return f"{ratio[0]:.3f} ({ratio[1]:.3f} to {ratio[2]:.3f})"


def _below(ratio: list[float]) -> bool:
    """Whether a paired ratio is below 1 with its whole interval."""
    return ratio[2] < 1


def _told(ratio: list[float]) -> str:
    """What a paired ratio shows of the first of two."""
    return "better" if _below(ratio) else "worse" if ratio[1] > 1 else "not told apart"


def _hours(results: Found) -> dict[str, Claim]:
    paper, fast = results["paper-erk"], results["fast-erk"]
    hours, minutes = paper["best"]["seconds"] / 3600, fast["rows"][-1]["seconds"] / 60
    return {
        "hours": Claim("About 10 hours on a GPU", "IV-C",
              f"one CPU core: {hours:.1f} hours to the best epoch of the paper's recipe, {minutes:.0f} minutes for `fast`",
              "not needed" if hours < 10 else "holds"),
        "dollars": Claim("$5 to $7, at $0.50 an hour", "IV-C",
              f"at that price, were a core as dear as a GPU: ${0.5 * hours:.2f} to the best epoch, ${0.5 * minutes / 60:.2f} "
              "for `fast`", "not needed"),
    }  # fmt: skip


def _costs(results: Found) -> dict[str, Claim]:
    memory, composing = results["costs"]["training"], results["costs"]["composing"]
    return {
        "gigabytes": Claim("8 GB of GPU memory", "IV-C",
              f"{memory['paper']['peak_mb']:.0f} MB for the paper's recipe on all {memory['paper']['songs']:,} songs, "
              f"{memory['fast']['peak_mb']:.0f} MB for `fast`", "not needed"),
        "inference": Claim("Inference on modest hardware", "IV-A",
              f"{composing['symbols_per_second']:,.0f} symbols a second on one core, {composing['peak_mb']:.0f} MB, a file of "
              f"{composing['model_bytes'] / 1e6:.1f} MB", _holds(composing["symbols_per_second"] > 100)),
    }  # fmt: skip


def _melodies(results: Found) -> dict[str, Claim]:
    found = results["fast-erk"]
    at, ceiling = found["samples"], found["held_out"]["overlaps"]
    return {
        "temperature": Claim("T below 0.5 structured, 0.5 to 0.7 balanced, above 0.7 exploring", "III-B3",
              "distinct-4 relative to the test songs, T = "
              + ", ".join(f"{T}: {s['distinct_4'][0]:.2f}" for T, s in at.items())
              + "; overlap is highest at T = " + max(at, key=lambda T: at[T]["overlaps"]["mean"][0]),
              _holds(at["0.2"]["distinct_4"][0] < 0.8 < at["0.7"]["distinct_4"][0] < 1.2)
              + ", if structured means below 0.8 at T = 0.2 and balanced 0.8 to 1.2 at 0.7; no edge at 0.5 or 0.7"),
        "coherence": Claim("Coherent contour, rhythm and harmony", "IV-A",
              "overlap at T = 0.7 (ceiling): " + ", ".join(
                  f"{words} {at['0.7']['overlaps'][name][0]:.2f} ({ceiling[name]:.2f})" for name, words in FEATURES.items()),
              _holds(all(at["0.7"]["overlaps"][name][0] > 0.8 * ceiling[name] for name in FEATURES))
              + ", if coherent means above 0.8 of the ceiling in each"),
        "newness": Claim("Melodies are new", "IV-A",
              f"longest span shared with training songs at T = 1: {at['1.0']['copied_symbols'][1]:g} symbols on the median, "
              f"test songs of the same length {at['1.0']['theirs_symbols'][1]:g}",
              _holds(at["1.0"]["copied_symbols"][1] <= at["1.0"]["theirs_symbols"][1])),
    }  # fmt: skip


def _preparation(results: Found) -> dict[str, Claim]:
    found = results["ablations"]
    recipes, keys, rules = (found[name] for name in ("recipes", "keys", "rules"))
    moved, stayed = recipes["all"]["bits_per_onset"], keys["not transposed"]
    event, song = rules["event rule"]["bits_per_onset"], rules["song rule"]
    alone = {name.split()[1]: m for name, m in recipes.items() if name.endswith(" alone")}
    least = min(alone, key=lambda p: alone[p]["validation_loss"][0])
    return {
        "transposition": Claim("Transposition to C major or A minor helps", "III-A2",
              f"{moved:.2f} bits an onset with it, {stayed['bits_per_onset']:.2f} without; nats without over with "
              + _interval(stayed["over"]), _holds(stayed["over"][1] > 1)),
        "durations": Claim("Durations outside the list are discarded", "III-A2",
              f"event by event {event:.2f}, song by song {song['bits_per_onset']:.2f} bits an onset, on songs that both "
              f"keep; paired {_interval(song['over'])}", f"song by song is {_told(song['over'])}, on `erk`"),
        "dropout": Claim("Dropout of 0.2", "III-B1", "nats over those of the recipe that all these leave, at dropout "
              + ", ".join(f"{p}: {_interval(m['over'])}" for p, m in alone.items())
              + "; lowest validation loss: " + ", ".join(f"{m['validation_loss'][0]:.3f}" for m in alone.values()),
              f"{least} has the lowest validation loss, one seed"),
    }  # fmt: skip


# Lesson 12's table: the claim's name, what the paper says, what would show it, beside what.
LESSON = [
    ("memory", "Memory: an RNN retains short, a GRU medium, an LSTM long sequences",
     "from how many symbols of context on the loss improves by no more than 1 %; how far apart a symbol and its recall may lie",
     "three cells, three seeds"),
    ("quality", "Quality: moderate, good, excellent", "held-out bits an onset",
     "the same songs and updates for all; the n-grams; three seeds"),
    ("diversity", "Diversity: low, moderate, high", "distinct runs of notes",
     "as many real songs, which have 1: more is noise"),
    ("hours", "Training takes about ten hours", "hours until held-out loss no longer falls", "one core"),
    ("gigabytes", "It needs a GPU with 8 GB", "the largest memory that training takes", "the same run on a CPU"),
    ("dollars", "It costs 5 to 7 dollars", "hours times the price of the machine", "the hours that were measured"),
    ("overfitting", "The preparation of the data avoids overfitting", "training and held-out loss over all epochs",
     "the lowest held-out loss and the last"),
    ("temperature", "T below 0.5 is structured, 0.5 to 0.7 balanced, above 0.7 exploring",
     "an edge at 0.5 and at 0.7 in any measure of the melodies", "real songs; another trained network (lesson 11)"),
    ("accuracy", "The accuracy of its curves", "the same count on held-out songs, and onsets alone",
     "the predictor of lesson 3, that never heard a song"),
]  # fmt: skip
