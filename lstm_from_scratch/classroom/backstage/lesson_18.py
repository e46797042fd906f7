"""Behind lesson 18: a student's own songs, melodies of three kinds, a claim, and a page to hand in."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...composing.sampling import compose_many, sample
from ...corpus import Corpus
from ...evaluation.baselines import NGram
from ...files import write_text
from ...model.model import MelodyModel
from ...music import Melody, decode, encode, read_melody
from ...music.rules import keep_acceptable_events, to_common_key
from ..check import home
from ..show_and_play import TUNES
from . import lesson_13

FORMATS = (".krn", ".mid", ".midi", ".musicxml", ".xml", ".mxl", ".abc")
COUNT, STEPS, TEMPERATURE = 40, 96, 0.8
FIELDS = ("claim", "measured by", "beside what", "on what", "counts against it")


def read_songs() -> list[tuple[str, Melody]]:
    """The songs in the folder `my_songs`, or the project's own tunes; says which could not be read, why."""
    folder = home() / "my_songs"
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in FORMATS)
    songs = []
    for path in paths or sorted(TUNES.glob("*.krn")):
        try:
            songs.append((path.stem, read_melody(path)))
        except (ValueError, OSError) as error:
            print(f"left out: {error}")
    print(f"{len(songs)} songs from {'my_songs' if paths else 'the tunes of this project'}")
    return songs


def go_on(model: MelodyModel, songs: Sequence[tuple[str, Melody]], steps: int = 96) -> Melody:
    """The first two bars of one of the songs, and what the model makes of them."""
    assert model.vocabulary is not None
    for name, melody in songs:
        primer = encode(to_common_key(keep_acceptable_events(melody)))[:32]
        if len(primer) == 32 and all(symbol in model.vocabulary for symbol in primer):
            print(f"the beginning of {name}")
            symbols = sample(
                model, temperature=TEMPERATURE, primer=primer, steps=steps, rng=np.random.default_rng(1)
            )
            return decode(symbols)
    raise ValueError("none of the songs begins with symbols that the network knows: add others to my_songs")


def train(corpus: Corpus) -> MelodyModel:
    """A small network, in a few seconds."""
    return lesson_13.train(corpus, T=16, carry=True)


def three_groups(model: MelodyModel, corpus: Corpus, seed: int) -> dict[str, list[Melody]]:
    """Melodies by the network and by counting, and beginnings of songs that neither has seen."""
    rng = np.random.default_rng(seed)
    by_network = [decode(symbols) for symbols in compose_many(model, COUNT, TEMPERATURE, rng, STEPS)]
    gram = NGram(6, corpus.part("training"), len(corpus.vocabulary), corpus.delimiter)
    by_counting = [decode(corpus.vocabulary.names(ids)) for ids in _count(gram, corpus, rng)]
    unseen = [song for song in corpus.part("validation") if len(song) >= STEPS]
    chosen = rng.choice(len(unseen), COUNT, replace=False)
    songs = [decode(corpus.vocabulary.names(unseen[k][:STEPS])) for k in chosen]
    return {"network": by_network, "counting": by_counting, "songs": songs}


def _count(gram: NGram, corpus: Corpus, rng: np.random.Generator) -> np.ndarray:
    """Melodies of the n-gram, all side by side: integers (COUNT, STEPS), none of them a delimiter."""
    drawn = np.empty((COUNT, 0), int)
    hold = corpus.vocabulary.ids(["_"])[0]
    for t in range(STEPS):
        p = np.exp(
            [logs[-1] for logs in gram.log_probabilities([row[-5:] if t > 5 else row for row in drawn])]
        )
        p[:, [corpus.delimiter, hold] if t == 0 else corpus.delimiter] = 0
        running = np.cumsum(p / p.sum(axis=1, keepdims=True), axis=1)
        new = (running < rng.random((COUNT, 1)) * running[:, -1:]).sum(axis=1)
        drawn = np.concatenate([drawn, new[:, None]], axis=1)
    return drawn


def register(claim: dict[str, str]) -> dict[str, str]:
    """Save a claim with the time, before it is measured.

    Raises
    ------
    ValueError
        A line is missing or empty.
    """
    missing = [name for name in FIELDS if not claim.get(name, "").strip()]
    if missing:
        raise ValueError(
            f"a claim needs a line for each of {', '.join(FIELDS)}; missing: {', '.join(missing)}"
        )
    kept = {**claim, "written down": time.strftime("%Y-%m-%d %H:%M:%S")}
    with (home() / "my_claims.txt").open("a", encoding="utf-8") as file:
        file.write("".join(f"{name}: {text}\n" for name, text in kept.items()) + "\n")
    print("saved: my_claims.txt")
    return kept


PLAYER = """
function play(button) {
  const notes = JSON.parse(button.dataset.notes), sound = new AudioContext();
  let at = sound.currentTime + 0.1;
  for (const [pitch, quarters] of notes) {
    const length = quarters / 2;
    if (pitch !== null) {
      const tone = sound.createOscillator(), level = sound.createGain();
      tone.type = "triangle";
      tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
      level.gain.setValueAtTime(0.3, at);
      level.gain.exponentialRampToValueAtTime(0.02, at + length);
      tone.connect(level).connect(sound.destination);
      tone.start(at);
      tone.stop(at + length);
    }
    at += length;
  }
}
"""


def page(claim: dict[str, str], rows: Sequence[str], groups: dict[str, list[Melody]], seed: int) -> str:
    """The page to hand in: the claim, what came out, and three melodies of each group, shuffled."""
    pairs = [(name, melody) for name, melodies in groups.items() for melody in melodies[:3]]
    order = np.random.default_rng(seed).permutation(len(pairs))
    buttons, key = [], []
    for place, k in enumerate(order, 1):
        name, melody = pairs[k]
        notes = html.escape(
            json.dumps([[pitch, float(length)] for pitch, length in melody.notes]), quote=True
        )
        buttons.append(f'<button onclick="play(this)" data-notes="{notes}">melody {place}</button>')
        key.append(f"{place}: {name}")
    lines = "".join(f"<dt>{html.escape(name)}<dd>{html.escape(text)}" for name, text in claim.items())
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>My claim</title>
<style>body {{ font: 1.1em/1.5 sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em;
color-scheme: light dark }} button {{ font: inherit; margin: 0.2em }} dt {{ font-weight: bold }}</style>
<h1>My claim</h1><dl>{lines}</dl>
<h2>What came out</h2><pre>{html.escape(chr(10).join(rows))}</pre>
<h2>Listen, and guess</h2><p>{" ".join(buttons)}</p>
<details><summary>Which is which</summary><p>{html.escape(", ".join(key))}</p></details>
<script>{PLAYER}</script></html>
"""


def write_page(text: str, name: str = "my_claim") -> Path:
    """Save the page beside the student's outcomes; what is there already stays."""
    k = 1
    while (path := home() / f"{name}{f'_{k}' if k > 1 else ''}.html").exists():
        k += 1
    write_text(path, text)
    print(f"saved: {path.name}")
    return path
