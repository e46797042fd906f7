"""Meters and barlines, as a reader comes upon them, to meter, upbeat and changes."""

from fractions import Fraction

from lstm_from_scratch.music.stated_bars import StatedBars


def test_nothing_stated():
    assert StatedBars().until(Fraction(4)) == (None, 0, ())


def test_the_first_barline_after_the_start_ends_the_upbeat():
    bars = StatedBars()
    bars.meter(Fraction(0), (3, 4))
    for time in (0, 1, 4):
        bars.barline(Fraction(time))
        assert bars.begun == (time > 0)
    assert bars.until(Fraction(7)) == ((3, 4), 1, ())


def test_a_change_is_a_barline():
    bars = StatedBars()
    bars.meter(Fraction(0), (3, 4))
    bars.meter(Fraction(1), (2, 4))
    assert bars.until(Fraction(7)) == ((3, 4), 1, ((1, (2, 4)),))


def test_a_meter_that_comes_late_holds_from_the_start():
    bars = StatedBars()
    bars.meter(Fraction(5), (3, 4))
    assert bars.until(Fraction(7)) == ((3, 4), 0, ()) and not bars.begun


def test_free_in_one_place_is_free_everywhere():
    bars = StatedBars()
    bars.meter(Fraction(0), (3, 4))
    bars.meter(Fraction(6), None)
    assert bars.until(Fraction(7)) == (None, 0, ())
    assert bars.until(Fraction(6)) == ((3, 4), 0, ())  # it is over before
