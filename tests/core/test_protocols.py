"""Splits into training and held-out frames, by the counts of the papers' code."""

import pytest

from nsg_core.errors import NsgError
from nsg_core.measuring.protocols import NAMES, split

KITTI = {"0001": range(380, 432), "0002": range(140, 225), "0006": range(65, 121)}
"""The frames that SUDS, MARS and their followers use."""
HELD_OUT = {
    "suds-75": (12, 21, 13),
    "suds-50": (25, 42, 27),
    "suds-25": (39, 63, 42),
    "mars-75": (13, 21, 14),
    "mars-50": (13, 21, 14),
    "mars-25": (13, 21, 14),
}


@pytest.mark.parametrize("protocol", HELD_OUT)
def test_as_many_are_held_out_as_in_the_papers(protocol: str) -> None:
    found = tuple(len(split(tuple(frames), protocol)[1]) for frames in KITTI.values())
    assert found == HELD_OUT[protocol]


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("count", [1, 2, 5, 41, 52])
def test_no_frame_is_on_both_sides(protocol: str, count: int) -> None:
    frames = tuple(range(70, 70 + count))
    train, held_out = split(frames, protocol)
    assert train[0] == 70
    assert not set(train) & set(held_out)
    assert set(train) | set(held_out) <= set(frames)
    assert list(train) == sorted(train)


@pytest.mark.parametrize(
    ("protocol", "train", "held_out"),
    [
        ("all", (5, 6, 7, 8, 9, 10, 11, 12, 13), ()),
        ("suds-75", (5, 6, 7, 8, 10, 11, 12), (9, 13)),
        ("suds-50", (5, 6, 8, 10, 12), (7, 9, 11, 13)),
        ("suds-25", (5, 9, 13), (6, 7, 8, 10, 11, 12)),
        ("mars-75", (5, 6, 7, 9, 10, 11, 13), (8, 12)),
        ("mars-50", (5, 6, 9, 10, 13), (8, 12)),
        ("mars-25", (5, 9, 13), (8, 12)),
    ],
)
def test_frames_are_counted_within_the_range(
    protocol: str, train: tuple[int, ...], held_out: tuple[int, ...]
) -> None:
    assert split(tuple(range(5, 14)), protocol) == (train, held_out)


def test_the_original_holds_out_every_tenth() -> None:
    train, held_out = split(tuple(range(41)), "nsg")
    assert held_out == (9, 19, 29, 39)
    assert len(train) == 37


def test_an_unknown_protocol_names_those_that_there_are() -> None:
    with pytest.raises(NsgError) as caught:
        split((0, 1), "suds")
    assert all(name in str(caught.value) for name in NAMES)
