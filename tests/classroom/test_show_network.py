"""A lesson can show a network: the page stands in a frame of the cell's output."""

import re
from html import unescape

import pytest

from lstm_from_scratch.classroom.show_network import show_network


def test_the_frame_holds_the_page_with_the_melody(model):
    pytest.importorskip("IPython")
    html = show_network(model, ["60", "_", "62", "_"]).data
    (page,) = re.findall(r'srcdoc="([^"]*)"', html)
    assert unescape(page).startswith("<!DOCTYPE html>")
    assert '"symbols":["60","_","62","_"]' in unescape(page) and "<" not in page
