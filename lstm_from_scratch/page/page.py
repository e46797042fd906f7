"""The demo's page: one HTML file that loads nothing from anywhere."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from pathlib import Path

TERMS = (
    "The network was trained on songs of the Essen Folksong Collection, in the ABC edition by Seymour Shlien "
    "that the music21 package distributes with the permission of Ewa Dahlig-Turek for non-commercial use; "
    "their legal status is otherwise unclear. Neither the songs nor weights trained on them are part of this "
    "project: keep both, and what you make of them, to personal and non-commercial use."
)

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.55 Georgia, serif; color: #222; background: #fcfbf8; max-width: 62rem; margin: 2rem auto;
       padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; font-weight: 600; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .8rem; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; }
img { max-width: 100%; height: auto; }
section.melody { background: #fff; border: 1px solid #e3dfd5; border-radius: 6px;
                 padding: 1rem 1.2rem; margin: 1.2rem 0; }
audio { width: 100%; }
footer, .small { font-size: .85rem; color: #555; }
code { font-size: .9em; overflow-wrap: anywhere; }
"""


@dataclass(frozen=True)
class Exhibit:
    """One melody of the page.

    Parameters
    ----------
    temperature : float
    entropy : float
        Nats.
    length : str
        How long it is, and whether it ended itself.
    span : tuple of int
        Symbols and onsets of the longest run shared with the training songs.
    files : dict of str to Path
        By suffix, as `score.save` gives them, in the page's folder.
    symbols : list of str
    """

    temperature: float
    entropy: float
    length: str
    span: tuple[int, int]
    files: dict[str, Path]
    symbols: list[str]


def render(
    facts: list[tuple[str, str]],
    curves: str,
    measures: dict[str, dict],
    human_span: str,
    exhibits: list[Exhibit],
) -> str:
    """The page.

    Parameters
    ----------
    facts : list of (str, str)
        What was done: a name and a value a line.
    curves : str
        SVG of the training curves.
    measures : dict of str to dict
        A row a predictor, as `evaluate` gives it.
    human_span : str
        What songs made by people share with the training songs, in a sentence.
    exhibits : list of Exhibit
    """
    first, last = exhibits[0].temperature, exhibits[-1].temperature
    network = measures["network"]["nats_per_symbol"]
    best = min((m["nats_per_symbol"], name) for name, m in measures.items() if name != "network")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Melodies from an LSTM written by hand</title>
<style>{STYLE}</style>
</head>
<body>
<h1>Melodies from an LSTM written by hand</h1>
<p>Every forward and every backward pass behind this page is plain NumPy, from
<code>lstm_from_scratch/network/</code>. It has just learnt from folk songs on this machine, and then drew the
{len(exhibits)} melodies below, each at another temperature: {first:g} is cautious, {last:g} is wild.</p>
<h2>Listen</h2>
{"".join(_melody(exhibit) for exhibit in exhibits)}
<p class="small">{escape(human_span)}</p>
<h2>How well does it predict songs that it has never seen?</h2>
{_measures(measures)}
<p>The network needs {network:.3f} nats a symbol; the best of the counting models, the {
        escape(best[1])
    }, needs
{best[0]:.3f}: a ratio of {network / best[0]:.2f}. Lower is better; a guess among all symbols would need ln V.
Accuracy flatters, since most symbols are <code>_</code>, a note that goes on: the onset accuracy counts only
the symbols where something begins.</p>
<h2>How it learnt</h2>
<figure>{
        _image(
            curves,
            "Two charts against training steps: loss in nats a symbol and onset accuracy, each for the "
            "training and the validation part, with the baselines as horizontal lines.",
        )
    }</figure>
<h2>What was done</h2>
<table>{"".join(f"<tr><th scope='row'>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in facts)}</table>
<footer><p>{escape(TERMS)}</p></footer>
</body>
</html>
"""


def _melody(exhibit: Exhibit) -> str:
    label = f"T = {exhibit.temperature:g}"
    files = " · ".join(
        f'<a href="{escape(path.name)}" download>{escape(suffix)}</a>'
        for suffix, path in exhibit.files.items()
    )
    sound = base64.b64encode(exhibit.files["wav"].read_bytes()).decode()
    score = exhibit.files["svg"].read_text(encoding="utf-8")
    return f"""<section class="melody">
<h3>{label}</h3>
{_image(score, f"Score of the melody drawn at temperature {exhibit.temperature:g}.")}
<audio controls preload="metadata" aria-label="Melody at temperature {exhibit.temperature:g}"
 src="data:audio/wav;base64,{sound}"></audio>
<p>Entropy {exhibit.entropy:.2f} nats a symbol; {escape(exhibit.length)}; longest run that also stands in
a training song: {exhibit.span[0]} symbols, {exhibit.span[1]} onsets. Files: {files}</p>
<details><summary>What the network wrote, symbol by symbol</summary>
<p><code>{escape(" ".join(exhibit.symbols))}</code></p></details>
</section>
"""


def _measures(measures: dict[str, dict]) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{m['nats_per_symbol']:.3f}</td>"
        f"<td>{m['interval'][0]:.3f} to {m['interval'][1]:.3f}</td><td>{m['bits_per_onset']:.2f}</td>"
        f"<td>{100 * m['onset_accuracy']:.1f} %</td><td>{100 * m['accuracy']:.1f} %</td></tr>"
        for name, m in measures.items()
    )
    head = ("", "nats a symbol", "95 % interval", "bits an onset", "onset accuracy", "accuracy")
    return f"<table><tr>{''.join(f'<th scope=col>{h}</th>' for h in head)}</tr>{rows}</table>"


def _image(svg: str, text: str) -> str:
    """An SVG as a picture with its text; as data it can neither run a script nor load anything."""
    data = base64.b64encode(svg.encode("utf-8")).decode()
    return f'<img alt="{escape(text)}" src="data:image/svg+xml;base64,{data}">'
