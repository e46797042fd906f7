"""Features by hand, densities against a kernel for every distance, and what any two sets must fulfil."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_from_scratch.evaluation.overlap import features, overlaps, relative_measures
from lstm_from_scratch.music import Melody, Note

VALUES = [Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8)] + [Fraction(1, 3)]
notes = st.builds(Note, st.none() | st.integers(50, 80), st.sampled_from(VALUES))
melodies = st.builds(Melody, st.lists(notes, max_size=8))
sets = st.lists(melodies, min_size=2, max_size=6)
examples = settings(max_examples=20, deadline=None)


def melody(*pitches, quarters=1):
    return Melody(tuple(Note(pitch, Fraction(quarters)) for pitch in pitches))


def scale(length):
    return melody(*range(60, 60 + length))


def areas_by_sums(within, between):
    """(overlap, divergence) from one Gaussian a distance, both of the wider of Scott's bandwidths."""
    both = [np.array(d, float) for d in (within, between)]
    h = max(np.std(d, ddof=1) * len(d) ** (-1 / 5) for d in both)
    x = np.linspace(min(map(min, both)) - 6 * h, max(map(max, both)) + 6 * h, 4001)
    p, q = (np.exp(-(((x - d[:, None]) / h) ** 2) / 2).mean(axis=0) / (h * np.sqrt(2 * np.pi)) for d in both)
    step = x[1] - x[0]
    return np.minimum(p, q).sum() * step, (p * np.log(p / q)).sum() * step


def test_features_by_hand():
    found = features(
        Melody(
            (
                Note(60, Fraction(1)),
                Note(74, Fraction(1, 2)),
                Note(None, Fraction(1, 2)),
                Note(60, Fraction(2)),
            )
        )
    )
    for name, value in {
        "pitch_count": 2,
        "pitch_range": 14,
        "mean_interval": 14,
        "note_count": 3,
        "mean_onset_interval": 1,
    }.items():
        assert found[name].shape == () and found[name] == value
    for name, shares in {
        "pitch_classes": {(0,): 6 / 7, (2,): 1 / 7},
        "pitch_class_transitions": {(0, 2): 1 / 2, (2, 0): 1 / 2},
        "durations": {(3,): 1 / 3, (1,): 1 / 3, (7,): 1 / 3},
        "duration_transitions": {(3, 1): 1 / 2, (1, 7): 1 / 2},
    }.items():
        expected = np.zeros(
            {"p": 12, "d": 16}[name[0]] if len(next(iter(shares))) == 1 else found[name].shape
        )
        for place, share in shares.items():
            expected[place] = share
        np.testing.assert_allclose(found[name], expected, atol=1e-12)
    assert found["pitch_class_transitions"].shape == (12, 12)
    assert found["duration_transitions"].shape == (16, 16)


def test_the_shortest_and_the_longest_notes_have_a_class():
    found = features(Melody((Note(60, Fraction(1, 8)), Note(60, Fraction(4)), Note(60, Fraction(9)))))
    np.testing.assert_allclose(found["durations"][[0, 15]], [1 / 3, 2 / 3])


@pytest.mark.parametrize("silent", [Melody(()), Melody((Note(None, Fraction(2)),))])
def test_a_melody_without_notes_is_zero_in_everything(silent):
    assert all(not value.any() for value in features(silent).values())


def test_one_note_has_no_interval():
    found = features(melody(60))
    assert found["note_count"] == found["pitch_count"] == found["pitch_classes"][0] == 1
    assert not found["mean_interval"] and not found["mean_onset_interval"]
    assert not found["pitch_class_transitions"].any() and not found["duration_transitions"].any()


@examples
@given(melodies, st.integers(-30, 30))
def test_a_transposition_moves_pitch_classes_and_nothing_else(tune, semitones):
    before, after = features(tune), features(tune.transposed(semitones))
    before["pitch_classes"] = np.roll(before["pitch_classes"], semitones)
    before["pitch_class_transitions"] = np.roll(before["pitch_class_transitions"], semitones, (0, 1))
    for name in before:
        np.testing.assert_allclose(after[name], before[name], atol=1e-12)


def test_densities_are_those_of_a_kernel_for_every_distance():
    found = relative_measures([scale(n) for n in (3, 5, 9)], [scale(n) for n in (4, 4)])["note_count"]
    overlap, divergence = areas_by_sums([2, 2, 6, 6, 4, 4], [1, 1, 1, 1, 5, 5])
    assert found.overlap == pytest.approx(overlap, abs=0.001)
    assert found.divergence == pytest.approx(divergence, abs=0.001)


def test_distances_are_euclidean():
    """The shares of one note are sqrt(2) from those of another, and sqrt(1/2) from those of both."""
    found = relative_measures([melody(60), melody(62), melody(60, 62)], [melody(64), melody(65), melody(60)])
    half, two = np.sqrt(1 / 2), np.sqrt(2)
    within = [two, half, two, half, half, half]
    between = [two, two, 0, two, two, two, np.sqrt(3 / 2), np.sqrt(3 / 2), half]
    assert found["pitch_classes"].overlap == pytest.approx(areas_by_sums(within, between)[0], abs=0.001)


@examples
@given(sets)
def test_a_set_overlaps_itself(tunes):
    for overlap in overlaps(tunes, tunes).values():
        assert overlap >= 1 - 1 / len(tunes) - 1e-9


@examples
@given(sets, sets, st.randoms(use_true_random=False))
def test_bounds_and_order(reference, generated, random):
    found = relative_measures(reference, generated)
    assert all(0 <= f.overlap <= 1 and 0 <= f.divergence < np.inf for f in found.values())
    areas = overlaps(reference, generated)
    assert areas.pop("mean") == pytest.approx(np.mean([f.overlap for f in found.values()]))
    assert areas == {name: f.overlap for name, f in found.items()}
    random.shuffle(reference)
    random.shuffle(generated)
    shuffled = relative_measures(reference, generated)
    assert all(shuffled[name] == pytest.approx(f, abs=1e-9) for name, f in found.items())


def test_sets_far_apart_do_not_overlap():
    found = relative_measures([scale(n) for n in (3, 4, 5, 6)], [scale(n) for n in (50, 51, 52, 53)])
    assert found["note_count"].overlap < 1e-6 and found["note_count"].divergence > 5


def test_features_without_spread():
    same = overlaps([scale(5)] * 3, [scale(5)] * 4)
    assert set(same.values()) == {1}
    other = overlaps([scale(5)] * 3, [scale(7)] * 4)
    assert other["pitch_count"] < 1e-6 and other["mean_interval"] == 1


def test_values_that_differ_by_float_rounding_are_equal():
    """The same thirds of a quarter add up to other floats in another order."""
    a, b = Note(60, Fraction(1, 3)), Note(60, Fraction(1, 5))
    orders = [Melody((a, b, a, b, b, a)), Melody((b, b, a, a, a, b)), Melody((a, a, b, a, b, b))]
    assert overlaps(orders, orders[::-1])["pitch_classes"] == 1


def test_a_constant_feature_is_no_difference_where_one_melody_deviates():
    found = overlaps([scale(5)] * 10, [*[scale(5)] * 9, scale(6)])
    assert found["note_count"] == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("few", [[], [scale(3)]])
def test_fewer_than_two_melodies_are_refused(few):
    with pytest.raises(ValueError, match=f"reference set has {len(few)} melodies"):
        overlaps(few, [scale(3)] * 2)
    with pytest.raises(ValueError, match=f"generated set has {len(few)} melodies"):
        relative_measures([scale(3)] * 2, few)
