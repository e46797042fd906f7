"""The sections of RESULTS.md as Markdown, each made from the results by their names."""

from __future__ import annotations

import claims
from rivals import COUNTING, models_table, over, rivals
from tables import source, spread, table

from lstm_from_scratch.paper import Result
from lstm_from_scratch.paper.figures.results import seconds_to

TO_COME = """The paper's own recipe takes hours and has not been trained to its end here. Its curves (Figures 3 and 4), its
hours, and whether it overfits will be reported when it has been."""


def presets(results: Result) -> str:
    """The two recipes on the test part beside the baselines, and on the whole collection."""
    fast, whole = results["fast-erk"], results["fast-all"]
    made = [
        found
        for name, found in results.items()
        if name in ("paper-erk", "fast-erk", "fast-all", "attention-erk")
    ]
    w, network = whole["corpus"], whole["test"]["network"]
    return f"""{models_table(results)}

`erk` has {fast["corpus"]["training"]:,} songs to train on, {fast["corpus"]["validation"]} to validate and
{fast["corpus"]["test"]} to test. Over the whole collection ({w["training"]:,} training songs, {w["test"]} test songs),
`fast` in {whole["recipe"]["epochs"]} epochs needs {spread(network["bits_per_onset"], network["intervals"]["bits_per_onset"])}
bits an onset, {over(network)}.

{curves_text(results["paper-erk"], fast) if "paper-erk" in results else TO_COME}

Sources: {"; ".join(map(source, made))}."""


def curves_text(paper: Result, fast: Result) -> str:
    """Figures 3 and 4, and how long each recipe takes."""
    top, last = paper["best"], paper["rows"][-1]
    there = seconds_to(fast["rows"], top["validation_loss"])
    done = "" if paper["finished"] else f" (stopped there; the recipe says {paper['recipe']['epochs']})"
    text = f"""![Figures 3 and 4: loss and accuracy against epochs, training and validation](docs/figures/curves.svg)

The paper's Figures 3 and 4, with the validation curves that it leaves out. After {last["epoch"]:.0f} epochs{done} the
training loss is {last["training_loss"]:.3f}; the validation loss was lowest, at
{top["validation_loss"]:.3f} nats a symbol, after epoch {top["epoch"]:.0f} ({top["seconds"] / 3600:.1f} hours of one
core), and is {last["validation_loss"]:.3f} at the end. """
    if there is None:
        return text + f"`fast` never reaches that: {fast['best']['validation_loss']:.3f} at its best."
    return text + (
        f"`fast` reaches that loss after {there / 60:.1f} minutes of one core, "
        f"{there / top['seconds']:.3f} of the time, and ends at "
        f"{fast['best']['validation_loss']:.3f} after {fast['rows'][-1]['seconds'] / 60:.1f} minutes.\n\n"
        "![Validation loss against time: the paper's recipe and fast](docs/figures/time.svg)"
    )


def context_used(context: Result) -> str:
    """The effective length with its interval, and that of each seed."""
    length, low, high = context["effective_length"]
    return f"{length} ({low} to {high}); " + " / ".join(map(str, context["effective_length_of_seeds"]))


def table_one(results: Result) -> str:
    """Table I, measured."""
    found, rows = results["compare"], []
    counted = COUNTING.get(found["baseline"]["name"], f"the {found['baseline']['name']}")
    for name, m in found["models"].items():
        cell, units = name.split("-")
        drawn = m["samples"]["1.0"]
        rows.append([f"{cell.upper()} {units}", f"{m['parameters']:,}", m["lr"],
                     context_used(m["context"]["symbols"]),
                     spread(m["bits_per_onset"], m["intervals"]["bits_per_onset"]),
                     " / ".join(f"{bits:.2f}" for bits in m["bits_per_onset_of_seeds"]),
                     spread(m["over_baseline"][0], m["over_baseline"][1:], 3),
                     f"{100 * m['onset_accuracy']:.1f} %", f"{m['pitch_bits']:.2f}",
                     spread(drawn["overlaps"]["mean"][0], drawn["overlaps"]["mean"][1:]),
                     spread(drawn["distinct_4"][0], drawn["distinct_4"][1:]),
                     f"{drawn['copied_symbols'][1]:g} (theirs {drawn['theirs_symbols'][1]:g})"])  # fmt: skip
    head = ["cell", "parameters", "rate", "context used; each seed", "bits an onset", "each seed", f"over {counted}",
            "onset accuracy", "bits a pitch", "overlap at T = 1", "distinct-4 at T = 1", "copied at T = 1"]  # fmt: skip
    recall = [[cell.upper(), *(" / ".join(map(str, distances)) for distances in tasks.values())]
              for cell, tasks in found["recall"].items()]  # fmt: skip
    return f"""{table(head, rows)}

Recall: a mark, then one, two or four out of 8 items, then distractors that look like them, then a question about a marked
item. The table gives, for each seed, the longest distance up to which 90 % of the answers are right (64 units, equal
updates, the best of three rates for each cell). All distances up to 256 are learnt together, but in the first column each
is learnt alone.

{table(["cell", *found["recall"]["rnn"]], recall)}

![Sequence length: perplexity against context, gradient against distance, recall](docs/figures/sequence_length.svg)
![Quality: bits an onset with intervals](docs/figures/quality.svg)
![Diversity and originality against temperature](docs/figures/diversity.svg)

Source: {source(found)}, {found["seeds"]} seeds."""


def genres(results: Result) -> str:
    """Each model on each genre."""
    found = results["genres"]
    matrix = found["trained_and_tested"]
    rows = []
    for genre, row in matrix.items():
        rows.append([f"trained on `{genre}`"] + [
            f"{spread(cell['network']['bits_per_onset'], cell['network']['intervals']['bits_per_onset'])}, "
            f"n-gram {cell['best n-gram']['bits_per_onset']:.2f}" for cell in row.values()])  # fmt: skip
    return f"""{table(["bits an onset", *(f"tested on `{genre}`" for genre in matrix)], rows)}

![The matrix as a heat map](docs/figures/genres.svg)

Each model learnt from at most {found["training_symbols"]:,} symbols. Source: {source(found)}."""


def metre(results: Result) -> str:
    """Meter and upbeat found from the notes, part by part."""
    found = results["metre"]
    rows = []
    for part, shares in found["parts"].items():
        columns = [shares[who][what] for who in ("found", "always 4/4") for what in shares["found"]]
        rows.append([part, shares["songs"], *(f"{100 * share:.0f} %" for share in columns)])
    as_one = "with 2/4 and 4/4 as one"
    return f"""{table(["`erk`", "songs", "both right", as_one, "always 4/4", as_one], rows)}

Source: {source(found)}."""


def ablations(results: Result) -> str:
    """What the paper credits, and what we added, each taken away."""
    found = results["ablations"]
    every = found["recipes"] | found["keys"] | found["rules"]
    rows = [[name, spread(m["bits_per_onset"], m["intervals"]["bits_per_onset"]),
             " / ".join(f"{v:.3f}" for v in m.get("training_loss", [])),
             " / ".join(f"{v:.3f}" for v in m.get("validation_loss", []))]
            for name, m in every.items()]  # fmt: skip
    report = found["report"]
    return f"""{table(["recipe", "bits an onset, test", "training loss at the best epoch", "validation loss"], rows)}

![Bits an onset of each, with intervals](docs/figures/ablations.svg)

The event rule damages {report.get("kept without some events", 0)} of the {report["files"]:,} songs of `erk`; the song rule
leaves them out. The last two rows are measured on the test songs that both rules keep whole. Source: {source(found)}."""


def costs(results: Result) -> str:
    """Time, memory and inference."""
    found, fast = results["costs"], results["fast-erk"]
    composing, training = found["composing"], found["training"]
    rows = [
        [f"peak memory of training, all {training['paper']['songs']:,} songs", f"{training['paper']['peak_mb']:.0f} MB (paper's recipe), "
         f"{training['fast']['peak_mb']:.0f} MB (`fast`)"],
        ["a model's file", f"{composing['model_bytes'] / 1e6:.2f} MB ({composing['parameters']:,} parameters)"],
        ["peak memory of composing", f"{composing['peak_mb']:.0f} MB, with Python and NumPy"],
        ["symbols a second, one melody, one thread", f"{composing['symbols_per_second']:,.0f}"],
        ["time of all of `fast` on `erk`, one core", f"{fast['rows'][-1]['seconds'] / 60:.1f} minutes"],
    ]  # fmt: skip
    if paper := results.get("paper-erk"):
        last, best_epoch = paper["rows"][-1], paper["best"]["seconds"] / 3600
        rows.append(["time of an epoch of the paper's recipe, and up to its best epoch, one core",
                     f"{last['seconds'] / last['epoch'] / 60:.1f} minutes, {best_epoch:.1f} hours"])  # fmt: skip
    return f"{table(['', 'measured'], rows)}\n\nSource: {source(found)}."


def temperatures(results: Result) -> str:
    """What the temperature does to the melodies."""
    found = results["fast-erk"]
    rows = []
    for T, s in found["samples"].items():
        rows.append([T, f"{s['overlaps']['mean'][0]:.2f}", f"{s['distinct_4'][0]:.2f}", f"{s['self_bleu'][0]:.2f}",
                     f"{s['lengths'][1]:g}", f"{s['copied_symbols'][1]:g} ({s['copied_symbols'][2]:g})",
                     f"{s['theirs_symbols'][1]:g} ({s['theirs_symbols'][2]:g})", s["copied_whole"][0],
                     f"{s['repeated'][1]:.2f} ({s['repeated'][2]:.2f})",
                     f"{s['theirs_repeated'][1]:.2f} ({s['theirs_repeated'][2]:.2f})"])  # fmt: skip
    ceiling = found["held_out"]
    head = ["T", "overlap", "distinct-4", "self-BLEU", "length", "copied: median (90 %)", "held-out songs' copied",
            "copied whole", "repeats itself: median (90 %)", "held-out songs repeat"]  # fmt: skip
    return f"""{table(head, rows)}

Melodies of `fast`, equally many at each temperature. One half of the test songs against the other has an overlap of
{ceiling["overlaps"]["mean"]:.2f}. Distinct-4 and self-BLEU are relative to those of the test songs. Lengths are medians in
16ths; that of the test songs is {ceiling["lengths"][1]:g}. *Repeats itself* is the share of a melody's symbols that belong
to a run of 8 or more that it has already had; the held-out songs beside it are cut to the melodies' lengths. By place in
the melody, at T = 1:

{repetition_by_place(found["samples"]["1.0"])}

![Overlap, distinct-4 and copied spans against temperature](docs/figures/temperatures.svg)"""


def repetition_by_place(sampled: Result) -> str:
    """The share that is repeated from each place of a song to the next."""
    of = {"melodies": "repeated_by_place", "held-out songs": "theirs_repeated_by_place"}
    places = list(sampled["repeated_by_place"])
    head = ["from symbol", *places]
    return table(head, [
        [who, *(f"{sampled[name][place][0]:.2f}" for place in places)] for who, name in of.items()
    ])  # fmt: skip


def lesson(results: Result) -> str:
    """Lesson 17's table of claims."""
    measured = claims.claims(results)
    rows = [[*row, measured[name].measured] for name, *row in claims.LESSON if name in measured]
    return table(["the paper says", "what would show it", "beside what", "measured"], rows)


def claim_by_claim(results: Result) -> str:
    """What the paper says beside what was measured."""
    rows = [[c.said, c.where, c.measured, c.verdict] for c in claims.claims(results).values()]
    return table(["The paper says", "in", "Measured", "So"], rows)


ALL = rivals, claim_by_claim, presets, table_one, costs, temperatures, ablations, genres, metre
