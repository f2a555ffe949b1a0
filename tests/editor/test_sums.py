"""Typed numbers: sums, units, and what is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_editor.geometry.sums import LONGEST, UNITS, begun, value_of

NUMBERS = st.floats(0.001, 1000).map(lambda x: round(x, 3))


@st.composite
def sums(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0 or draw(st.booleans()):
        return str(draw(NUMBERS))
    a, b = draw(sums(depth - 1)), draw(sums(depth - 1))
    sign = draw(st.sampled_from("+-*/"))
    space = draw(st.sampled_from(("", " ")))
    made = f"{a}{space}{sign}{space}{b}"
    return draw(st.sampled_from((made, f"({made})", f"-({made})")))


@given(sums())
def test_it_counts_as_python_does(text: str) -> None:
    try:
        expected = eval(text, {"__builtins__": {}})
    except ZeroDivisionError:
        return
    if len(text) > LONGEST:
        return
    assert value_of(text) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.text(max_size=90))
def test_whatever_is_typed_is_a_number_or_one_sentence(text: str) -> None:
    said = "."
    try:
        assert math.isfinite(value_of(text, "m"))
    except NsgError as error:
        said = str(error)
    assert said.endswith(".")
    assert "\n" not in said
    assert math.isfinite(begun(text))


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_what_a_field_shows_can_be_typed_again(value: float) -> None:
    assert value_of(repr(value)) == value


@given(st.sampled_from(sorted(UNITS)), NUMBERS, st.data())
def test_a_unit_brings_a_number_into_that_of_the_field(
    kind: str, number: float, data: st.DataObject
) -> None:
    unit = data.draw(st.sampled_from(sorted(UNITS[kind])))
    expected = number * UNITS[kind][unit]
    assert value_of(f"{number} {unit}", kind) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("2*0.5", "", 1.0),
        (" (3 + 1) / 4 ", "m", 1.0),
        ("50 cm + 1", "m", 1.5),
        ("36km/h", "m/s", 10.0),
        ("1/4 turn", "deg", 90.0),
        ("-3 - -3", "", 0.0),
        ("2 × 3", "", 6.0),
        ("1e3", "", 1000.0),
    ],
)
def test_examples(text: str, unit: str, value: float) -> None:
    assert value_of(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no number"),
        ("abc", "its units|no number"),
        ("1,5", "a point stands before decimals"),
        ("1/0", "divides by zero"),
        ("(1+2", r"a \) is missing"),
        ("3 deg", "its units are m, .*, not deg"),
        ("1e308*10", "too large"),
        ("1.2.3", "no number"),
        ("2 3", "no number"),
        ("__import__('os')", "no number"),
        ("9" * 100, "too long"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(NsgError, match=says):
        value_of(text, "m")


def test_half_a_sum_counts_as_far_as_it_goes() -> None:
    typed = ["", "-", "2", "2*", "2*0", "2*0.", "2*0.5"]
    assert [begun(text) for text in typed] == [0, 0, 2, 2, 0, 0, 1]
