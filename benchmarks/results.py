"""Write RESULTS.md and its figures from benchmarks/results/template.md and benchmarks/results/*.json.

    python benchmarks/results.py

Nothing is measured here, and no number in the text is typed by hand; a test renders the text again.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import rivals
import sections
import studies

from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.paper import Result
from lstm_from_scratch.paper.figures import network, pipeline, table_one
from lstm_from_scratch.paper.figures import results as figures
from lstm_from_scratch.training.recipe import PRESETS

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "figures"
TUNE = ROOT / "data" / "tunes" / "frere_jacques.krn"
RESULTS_MD, README = ROOT / "RESULTS.md", ROOT / "README.md"
LESSON = ROOT / "lessons" / "17_honest.md"
TEMPLATE = studies.RESULTS / "template.md"


def load() -> Result:
    """All results by name: "fast-erk", "compare", and so on."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in studies.RESULTS.glob("*.json")
    }


def render(results: Result) -> str:
    """RESULTS.md."""
    made = {make.__name__: make(results) for make in sections.ALL}
    return TEMPLATE.read_text(encoding="utf-8").format(
        parameters=f"{results['fast-erk']['parameters']:,}", V=results["fast-erk"]["corpus"]["V"], **made
    )


def pages(results: Result) -> dict[Path, str]:
    """Everything written from the results: RESULTS.md, and the marked parts of the README and lesson 17."""
    return {
        RESULTS_MD: render(results),
        **{
            path: filled(path, make(results))
            for path, make in ((README, rivals.models_table), (LESSON, sections.lesson))
        },
    }


def filled(path: Path, text: str) -> str:
    """A page with new text between its marks."""
    head, _, rest = path.read_text(encoding="utf-8").partition("<!-- results -->\n")
    _, mark, tail = rest.partition("<!-- end of results -->")
    if not mark:
        raise ValueError(f"{path}: put back the marks <!-- results --> and <!-- end of results -->")
    return f"{head}<!-- results -->\n{text}\n{mark}{tail}"


def draw(results: Result, corpus: Corpus) -> dict[str, str]:
    """The figures as SVG, by name."""
    fast, recipe = results["fast-erk"], PRESETS["paper"]
    model = MelodyModel(len(corpus.vocabulary), rng=np.random.default_rng(0))
    model.window = recipe.length
    drawn = {}
    if paper := results.get("paper-erk"):
        drawn["curves"] = figures.learning_curves(paper)
        drawn["time"] = figures.race({"paper": paper, "fast": fast})
    return {
        **drawn,
        "pipeline": pipeline.pipeline(TUNE, corpus),
        "model": network.architecture(model, T=recipe.length, B=recipe.batch),
        "temperatures": figures.temperatures(fast),
        "genres": figures.genre_matrix(results["genres"]),
        "ablations": figures.ablations(results["ablations"]),
        **table_one.figures(results["compare"]),
    }


def main() -> None:
    options = studies.options(__doc__).parse_args()
    results = load()
    for path, text in pages(results).items():
        path.write_text(text, encoding="utf-8")
    FIGURES.mkdir(parents=True, exist_ok=True)
    for name, svg in draw(results, studies.songs("erk", options.runs)).items():
        (FIGURES / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(f"written: {', '.join(path.name for path in pages(results))}, and the figures")


if __name__ == "__main__":
    main()
