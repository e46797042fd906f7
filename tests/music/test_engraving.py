"""The engraved score: what it shows, and that it needs nothing else."""

import re
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from helpers.melodies import MELODIES, melody

from lstm_from_scratch.music.engraving import ENGRAVING, GIVEN_COLOUR, to_svg
from lstm_from_scratch.music.spelling import key_fifths

each_melody = pytest.mark.parametrize("tune", MELODIES.values(), ids=MELODIES)


def by_class(svg, name):
    return [e for e in ElementTree.fromstring(svg).iter() if name in e.get("class", "").split()]


@each_melody
def test_svg_shows_every_written_note_and_rest(tune):
    svg = to_svg(tune)
    pieces = [piece for bar in tune.bars() for piece in bar]
    assert len(by_class(svg, "note")) == sum(piece.pitch is not None for piece in pieces)
    assert len(by_class(svg, "tie")) == sum(piece.tied for piece in pieces)
    assert len(by_class(svg, "meterSig")) == (1 + len(tune.meter_changes) if tune.meter else 0)
    assert len(by_class(svg, "keyAccid")) == abs(key_fifths(tune.key)) * len(by_class(svg, "system"))
    if tune.meter:
        barlines = len(by_class(svg, "barLine"))
        assert len(tune.bars()) - 1 <= barlines <= len(tune.bars()) + 1


def note_places(svg):
    """(system, x) of every note head, and the width of the page, in verovio's units."""
    (page,) = [e for e in ElementTree.fromstring(svg).iter() if e.get("class") == "definition-scale"]
    systems = [e for e in page.iter() if "system" in e.get("class", "").split()]
    places = []
    for number, system in enumerate(systems):
        for head in system.iter():
            if "notehead" in head.get("class", "").split():
                places.append(
                    (number, int(re.search(r"translate\((\d+)", ElementTree.tostring(head).decode())[1]))
                )
    return places, int(page.get("viewBox").split()[2])


@pytest.mark.parametrize("name", ["without a meter or key", "without a meter, triplets off the beat", "long"])
def test_svg_lines_break_and_notes_stand_apart(name):
    svg = to_svg(MELODIES[name])
    places, width = note_places(svg)
    assert places[-1][0] >= 1
    assert max(x for _, x in places) < width - 1000
    _, _, page_width, page_height = map(float, ElementTree.fromstring(svg).get("viewBox").split())
    assert page_height < 120 * (places[-1][0] + 2)
    assert page_width == 900
    steps = [b[1] - a[1] for a, b in pairwise(places) if a[0] == b[0]]
    assert min(steps) > 250  # a note head is about 200 wide


def test_svg_without_a_meter_shows_where_an_accidental_ends():
    pitches = 66, 65, 65, 66, 77, 78, 67, 68, 68, 67, 79, 54, 53
    svg = to_svg(melody([(pitch, 3) for pitch in pitches], key=(7, "major")))
    signs = [
        any("accid" in e.get("class", "") and list(e) for e in note.iter()) for note in by_class(svg, "note")
    ]
    assert signs == [bool(x) for x in (0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1)]
    assert not any(list(e) for e in by_class(svg, "barLine")[:-1])  # the invisible ones


def test_svg_without_a_meter_can_break_after_every_four_quarters():
    assert len(by_class(to_svg(melody([(60, 1)] * 40)), "measure")) == 10
    assert len(by_class(to_svg(melody([(60, 1), (60, "3/2"), (60, "3/2")] * 10)), "measure")) == 10


def test_svg_beams_are_those_of_the_meter():
    six = melody([(67, "1/2")] * 12, meter=(6, 8))
    assert len(by_class(to_svg(six), "beam")) == 4
    three = melody([(67, "1/2")] * 12, meter=(3, 4))
    assert len(by_class(to_svg(three), "beam")) == 6


@each_melody
def test_svg_needs_nothing_from_elsewhere(tune):
    svg = to_svg(tune)
    assert set(re.findall(r"https?://[^\"']*", svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert not re.search(r"url\(|@import|@font-face|<script|<image|<foreignObject", svg)
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="([^"]*)"', svg)) <= {f"#{i}" for i in ids}
    assert tune.title not in svg or not tune.title


def test_svgs_in_one_page_share_no_id():
    ids = [re.findall(r'\bid="([^"]*)"', to_svg(tune)) for tune in MELODIES.values()]
    assert sum(map(len, ids)) == len(set().union(*ids))


def test_svg_that_needs_more_than_the_longest_page(monkeypatch):
    monkeypatch.setitem(ENGRAVING, "pageHeight", 400)
    with pytest.raises(ValueError, match="80 notes on one page"):
        to_svg(MELODIES["long"])


def test_svg_of_a_bass_has_its_clef():
    """With few ledger lines: the treble clef needs ten for each of these."""
    svg = to_svg(melody([(36, 1)] * 4, meter=(4, 4)))
    assert len(by_class(svg, "ledgerLines")) <= 1 and "E062" in svg


@pytest.mark.parametrize(
    "name", ["3/4 with an upbeat", "without a meter or key", "rests first, within and last"]
)
def test_svg_shows_what_was_given_in_another_colour(name):
    tune, given = MELODIES[name], Fraction(7, 2)
    svg = to_svg(tune, given)
    coloured = [e for e in ElementTree.fromstring(svg).iter() if e.get("fill") == GIVEN_COLOUR]
    begun, time = 0, Fraction(0)
    for piece in (piece for bar in tune.bars() for piece in bar):
        begun, time = begun + (time < given), time + piece.duration
    assert len(coloured) == begun > 0
    assert GIVEN_COLOUR not in to_svg(tune)
    signs = [len(by_class(score, "accid")) for score in (svg, to_svg(tune))]
    assert signs[0] == signs[1]
