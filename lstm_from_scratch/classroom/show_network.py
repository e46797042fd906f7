"""The page to play with inside a lesson: a trained network to look into."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from ..model import MelodyModel
from ..page.beginnings import Beginning
from ..page.playground import render

HEIGHT = 1150  # pixels


def show_network(model: MelodyModel, symbols: Sequence[str] = ()) -> Any:
    """The model's page, as the last line of a cell; it begins with these symbols, or with a tune."""
    from IPython.display import HTML

    melodies = [Beginning("this melody", list(symbols))] if symbols else []
    page = escape(render(model, melodies=melodies), quote=True)
    style = f"width: 100%; height: {HEIGHT}px; border: 0"
    # In a frame of its own, since neither the page's style nor its keys are to reach the notebook.
    frame = f'<div><iframe title="The network" style="{style}" srcdoc="{page}"></iframe></div>'
    return HTML(frame)
