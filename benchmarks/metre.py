"""How often are a song's meter and upbeat found from its notes alone? benchmarks/results/metre.json.

    python benchmarks/metre.py [--fit | --model FILE.npz]

On the songs of `erk` that have a meter and keep all their notes: the share with both right, also with 2/4 and
4/4 counted as one meter, beside always saying 4/4 without an upbeat. `--fit` chooses the weights anew on the
training part instead, prints them beside the shares on the validation part, and does not look at the test
part. `--model` draws melodies from a model without a clock instead, and prints how many of their barlines cut
a note, in the metre found and in 4/4, and the shares of the meters beside those of the training part.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import studies

from lstm_from_scratch.composing.sampling import compose_many
from lstm_from_scratch.corpus import Corpus
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import Melody, decode
from lstm_from_scratch.music import metre_finder as finder
from lstm_from_scratch.music.metre import Meter

Metre = tuple[Meter, Fraction]  # a meter and an upbeat
DRAWN, TEMPERATURE = 200, 0.7
SHORTEST = 16  # 16ths of a melody worth looking at
STEPS, RATE = 500, 0.03  # of the ascent to the best weights
HALF_BAR = 2  # quarter lengths of a half bar of 4/4, which is a bar of 2/4


def songs_with_metre(corpus: Corpus, part: str) -> list[tuple[Melody, Metre]]:
    """The melodies of a part whose meter is known, each with its meter and upbeat."""
    each = zip(corpus.songs, corpus.parts, corpus.meters, corpus.upbeats)
    return [
        (decode(corpus.vocabulary.names(song)), (meter, upbeat))
        for song, its_part, meter, upbeat in each
        if its_part == part and meter
    ]


def shares_right(found: list[Metre], true: list[Metre]) -> dict[str, float]:
    """How often both are right, and how often they are if 2/4 and 4/4 are one meter."""
    pairs = list(zip(found, true))
    right = sum(a == b for a, b in pairs)
    right_as_one = sum(_merged(a) == _merged(b) for a, b in pairs)
    return {"both": right / len(pairs), "with 2/4 and 4/4 as one": right_as_one / len(pairs)}


def _merged(metre: Metre) -> Metre:
    meter, upbeat = metre
    return ((2, 4), upbeat % HALF_BAR) if meter in ((2, 4), (4, 4)) else metre


def fit(songs: list[tuple[Melody, Metre]]) -> dict[str, float]:
    """The weights that make the true metres likeliest, if p ~ exp(points): softmax regression by Adam."""
    measured, true = [], []
    for melody, metre in songs:
        candidates, values = zip(*finder.measure_candidates(melody))
        if metre in candidates:
            measured.append([[value[name] for name in finder.WEIGHTS] for value in values])
            true.append(candidates.index(metre))
    width = max(map(len, measured))
    x = np.zeros((len(true), width, len(finder.WEIGHTS)))
    possible = np.zeros((len(true), width), bool)
    for i, rows in enumerate(measured):
        x[i, : len(rows)], possible[i, : len(rows)] = rows, True
    scale = x.std(axis=(0, 1)) + 1e-9
    x /= scale
    w, m, v = (np.zeros(len(scale)) for _ in range(3))
    for t in range(1, STEPS + 1):
        z = np.where(possible, x @ w, -np.inf)
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        gradient = (x[np.arange(len(true)), true] - np.einsum("ic,icf->if", p, x)).mean(axis=0)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        w += RATE * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return dict(zip(finder.WEIGHTS, (w / scale).round(2).tolist()))


def barlines_cut(melodies: list[Melody]) -> float:
    """The share of the barlines over which a note is tied."""
    barlines = [bar[-1].tied for melody in melodies for bar in melody.bars()[:-1]]
    return sum(barlines) / len(barlines)


def shares_of_meters(meters: list[Meter]) -> str:
    """Each meter with its share, the commonest first."""
    return ", ".join("%d/%d %.1f %%" % (*m, 100 * n / len(meters)) for m, n in Counter(meters).most_common())


def measure_drawn(model: MelodyModel, corpus: Corpus) -> None:
    """Draw melodies, and print how many barlines cut a note, and which meters they have."""
    drawn = compose_many(model, DRAWN, TEMPERATURE, np.random.default_rng(0))
    plain = [decode(symbols) for symbols in drawn if len(symbols) >= SHORTEST]
    found = [finder.in_its_metre(melody) for melody in plain]
    common = [replace(melody, meter=(4, 4)) for melody in plain]
    for count in (40, len(plain)):
        shares = barlines_cut(found[:count]), barlines_cut(common[:count])
        print(f"{count} melodies, barlines that cut a note: {shares[0]:.1%} as found, {shares[1]:.1%} in 4/4")
    print("meters found:", shares_of_meters([melody.meter for melody in found if melody.meter]))
    print(
        "in the songs:", shares_of_meters([meter for _, (meter, _) in songs_with_metre(corpus, "training")])
    )


def main() -> None:
    parser = studies.options(__doc__)
    parser.add_argument("--fit", action="store_true", help="choose the weights anew")
    parser.add_argument("--model", type=Path, metavar="FILE.npz", help="draw melodies from it instead")
    options = parser.parse_args()
    corpus = studies.songs("erk", options.runs)
    if options.model:
        measure_drawn(MelodyModel.load(options.model), corpus)
        return
    if options.fit:
        finder.WEIGHTS.update(fit(songs_with_metre(corpus, "training")))
        print(*(f"{name:<24} {weight:6.2f}" for name, weight in finder.WEIGHTS.items()), sep="\n")
    found = {}
    for part in ("training", "validation") if options.fit else ("training", "validation", "test"):
        songs = songs_with_metre(corpus, part)
        true = [metre for _, metre in songs]
        always: Metre = ((4, 4), Fraction(0))
        found[part] = {
            "songs": len(songs),
            "found": shares_right([finder.find_metre(melody) for melody, _ in songs], true),
            "always 4/4": shares_right([always] * len(songs), true),
        }
        print(part, found[part])
    if not options.fit:
        studies.write("metre", "python benchmarks/metre.py", parts=found)


if __name__ == "__main__":
    studies.start(main)
