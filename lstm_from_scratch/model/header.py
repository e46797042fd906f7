"""What the header of a checkpoint may hold: the type and the range of each value, in one table.

A checkpoint may come from anybody, and its checksums prove nothing about who wrote it. So everything in its
header is checked here, once, before anything is built from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..music.clock import CLOCKS

LONGEST_WINDOW = 1024  # steps, 16 times the paper's: a melody is drawn at some 25 symbols a second
LARGEST = 10**12  # steps, epochs: more than anybody waits for


@dataclass(frozen=True)
class Kind:
    """What a value must be: in words, and as a test."""

    words: str
    fits: Callable[[Any], bool]


def whole(low: int, high: int) -> Kind:
    """A whole number from low to high; True and 3.0 are none."""
    words = f"a whole number from {low:,} to {high:,}"
    return Kind(words, lambda value: type(value) is int and low <= value <= high)


def number(low: float, high: float) -> Kind:
    """A finite number from low to high."""
    words = f"a number from {low:g} to {high:g}"
    return Kind(words, lambda value: type(value) in (int, float) and low <= value <= high)


def word(*choices: str) -> Kind:
    """One of a few words."""
    return Kind(" or ".join(map(repr, choices)), lambda value: type(value) is str and value in choices)


def or_none(kind: Kind) -> Kind:
    """The same, or null."""
    return Kind(f"{kind.words}, or null", lambda value: value is None or kind.fits(value))


def hexadecimal(digits: int) -> Kind:
    """A checksum."""
    allowed = set("0123456789abcdef")
    return Kind(
        f"{digits} hexadecimal digits",
        lambda value: type(value) is str and len(value) == digits and allowed.issuperset(value),
    )


FROM_0 = Kind("a finite number, 0 or more", number(0, 1.7e308).fits)
SHARE = number(0, 1)
VERSION = Kind("the version of a package", lambda value: type(value) is str and 0 < len(value) <= 40)
OBJECT = Kind("an object", lambda value: type(value) is dict)
FLAG = Kind("true or false", lambda value: type(value) is bool)
SEED = whole(0, 2**128 - 1)
SYMBOLS = Kind(
    "null, or different words in sorted order",
    lambda value: (
        value is None
        or (
            type(value) is list
            and all(type(name) is str and name.isprintable() and 0 < len(name) <= 40 for name in value)
            and value == sorted(set(value))
        )
    ),
)

KINDS = Kind(
    f"a list of {', '.join(CLOCKS)}",
    lambda value: type(value) is list and len(value) <= 8 and all(map(word(*CLOCKS).fits, value)),
)

MODEL = {
    "symbols": whole(1, 65_536),
    "units": whole(1, 65_536),
    "cell": word("lstm", "gru", "rnn"),
    "dropout": Kind("a number, 0 or more and less than 1", lambda p: number(0, 1).fits(p) and p < 1),
    "window": or_none(whole(1, LONGEST_WINDOW)),
    "dtype": word("float32", "float64"),
    "attention": whole(0, 65_536),
    "clock_kinds": KINDS,
    "clock": Kind(
        "a list of up to 8 whole numbers from 1 to 65,536",
        lambda value: (
            type(value) is list and len(value) <= 8 and all(whole(1, 65_536).fits(n) for n in value)
        ),
    ),
}
NO_CLOCK = {"attention": 0, "clock": []}  # where a header says nothing of these
RECIPE = {
    "cell": MODEL["cell"],
    "units": MODEL["units"],
    "dropout": MODEL["dropout"],
    "objective": word("window", "stream", "song"),
    "batch": whole(1, 10**9),
    "length": whole(1, 65_536),
    "lr": FROM_0,
    "warmup": whole(0, LARGEST),
    "decay": FLAG,
    "averaging": SHARE,
    "cut": SHARE,
    "weight_dropout": MODEL["dropout"],
    "clip": FROM_0,
    "epochs": whole(1, LARGEST),
    "steps": or_none(whole(1, LARGEST)),
    "validate_every": or_none(whole(1, LARGEST)),
    "patience": whole(0, LARGEST),
    "save_seconds": FROM_0,
    "attention": MODEL["attention"],
    "clock": KINDS,
}
TRAINING = {  # "about", once a model was trained
    "recipe": OBJECT,
    "seed": SEED,
    "steps": whole(1, LARGEST),
    "rule": word("event", "song"),
    "corpus": hexadecimal(64),
}
ROW = {
    "step": whole(1, LARGEST),
    "epoch": FROM_0,
    **{
        f"{part}_{name}": kind
        for part in ("training", "validation")
        for name, kind in (("loss", FROM_0), ("accuracy", SHARE), ("onset_accuracy", SHARE))
    },
}
SUMS = dict.fromkeys(("loss", "batches", "right", "targets", "right_onsets", "onsets"), FROM_0)
KEY, CALLS = whole(0, 2**32 - 1), whole(0, LARGEST)  # of dropout: its key, and how many masks it has drawn
RUN = {
    "step": whole(0, LARGEST),
    "history": Kind("a list", lambda value: type(value) is list),
    "meter": OBJECT,
    "dropout": Kind(
        f"a list of {KEY.words} and {CALLS.words}",
        lambda value: type(value) is list and len(value) == 2 and KEY.fits(value[0]) and CALLS.fits(value[1]),
    ),
}
HEADER = {
    "format": whole(1, LARGEST),
    "package": VERSION,
    "sha256": OBJECT,
    "model": OBJECT,
    "vocabulary": SYMBOLS,
    "about": OBJECT,
    "run": OBJECT,  # only in the last checkpoint of a run
}


def check_header(header: Mapping[str, Any]) -> None:
    """Raise ValueError, which names the value, unless this program could have written a header."""
    for problem in _problems(header):
        raise ValueError(problem)


def check_recipe(recipe: Mapping[str, Any]) -> None:
    """Raise ValueError, which names the value, unless a recipe is one to train by."""
    for problem in _fields("recipe", {**NO_CLOCK, **recipe}, RECIPE):
        raise ValueError(problem)


def _problems(header: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a header. Each check relies on the ones before it."""
    yield from _fields("header", {"run": {}, **header}, HEADER)
    yield from _fields("model", {**NO_CLOCK, "clock_kinds": [], **header["model"]}, MODEL)
    names, symbols = header["vocabulary"], header["model"]["symbols"]
    if names is not None and len(names) != symbols:
        yield f"vocabulary has {len(names)} symbols: want model.symbols, {symbols}"
    about = header["about"]
    if "run" in header or "recipe" in about:
        yield from _fields("about", about, TRAINING)
        yield from _fields("about.recipe", {**NO_CLOCK, **about["recipe"]}, RECIPE)
    if "run" in header:
        yield from _fields("run", header["run"], RUN)
        yield from _run_problems(header["run"], about["steps"])


def _run_problems(run: Mapping[str, Any], steps: int) -> Iterator[str]:
    """What is wrong with a run's own record."""
    for k, row in enumerate(run["history"]):
        yield from _fields(f"run.history[{k}]", row, ROW)
    yield from _fields("run.meter", run["meter"], SUMS)
    step, validated = run["step"], [0, *(row["step"] for row in run["history"])]
    if step > steps:
        yield f"run.step is {step}: want about.steps, {steps}, or less"
    if validated != sorted(set(validated)) or validated[-1] > step:
        yield f"run.history has validations that do not lead up to run.step, {step}, one after the other"
    if step == steps and validated[-1] != step:
        yield f"run.history lacks the validation at the last step, {step}"
    if run["dropout"][1] > step:
        yield f"run.dropout counts {run['dropout'][1]} masks: want run.step, {step}, or fewer"


def _fields(place: str, found: object, kinds: Mapping[str, Kind]) -> Iterator[str]:
    """Whether an object holds exactly these names, each with a value of its kind."""
    if not isinstance(found, dict):
        yield f"{place} is {_show(found)}: want an object"
        return
    for name, kind in kinds.items():
        if name not in found:
            yield f"{place}.{name} is missing: want {kind.words}"
        else:
            yield from _value(f"{place}.{name}", found[name], kind)
    for name in sorted(found.keys() - kinds.keys()):
        yield f"{place} has a {_show(name)}, which this version does not know"


def _value(place: str, value: object, kind: Kind) -> Iterator[str]:
    if not kind.fits(value):
        yield f"{place} is {_show(value)}: want {kind.words}"


def _show(value: object) -> str:
    """A value, on one line and not too long."""
    text = ascii(value)
    return text if len(text) <= 40 else text[:37] + "..."
