"""Numbers as people type them: ``2*0.5``, ``(3 + 1)/4``, ``50 km/h``, ``1/4 turn``.

A small parser of its own, which knows numbers, + - * / and parentheses and nothing
else: what is typed is never run as a program. A unit behind a number brings it into the
unit of the field; without one a number is in that unit already.
"""

import math
import re
from dataclasses import dataclass

from nsg_core.errors import NsgError

LONGEST = 80
"""Letters; whoever pastes more means something else."""
UNITS: dict[str, dict[str, float]] = {
    "m": {"m": 1, "cm": 0.01, "mm": 0.001, "km": 1000, "ft": 0.3048},
    "deg": {"deg": 1, "degrees": 1, "°": 1, "rad": 180 / math.pi, "turn": 360},
    "m/s": {"m/s": 1, "km/h": 1 / 3.6, "kmh": 1 / 3.6, "mph": 0.44704},
    "s": {"s": 1, "ms": 0.001, "min": 60},
    "x": {"x": 1, "%": 0.01},
    "frames": {"frames": 1, "frame": 1},
}
"""Of each kind of field: the units that it takes, in its own one."""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\d.]))"
    r"|(?P<unit>km/h|m/s|[A-Za-z°%]+)|(?P<sign>[-+*/()]))"
)
_SIGNS = {"×": "*", "·": "*", "÷": "/", ":": "/", "−": "-"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def value_of(text: str, unit: str = "") -> float:
    """The number that a text means, in a field's unit; NsgError where it means none."""
    if len(text) > LONGEST:
        raise NsgError(f"{text[:20]!r}... is too long for a number.")
    try:
        found = _Reader(_tokens(text), UNITS.get(unit, {})).whole()
    except _NotANumber as error:
        raise NsgError(f"{text.strip()!r} is no number{error}.") from None
    except ZeroDivisionError:
        raise NsgError(f"{text.strip()!r} divides by zero.") from None
    if not math.isfinite(found):
        raise NsgError(f"{text.strip()!r} is too large.")
    return found


def begun(text: str) -> float:
    """The number of what is still being typed: of ``2*`` it is 2, of ``-`` nothing."""
    for end in range(len(text), 0, -1):
        try:
            return value_of(text[:end])
        except NsgError:
            continue
    return 0.0


class _NotANumber(Exception):
    """Says why, as the end of a sentence."""


def _tokens(text: str) -> list[_Token]:
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    text, at, found = text.rstrip(), 0, list[_Token]()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            comma = text[at:].lstrip().startswith(",")
            raise _NotANumber(": a point stands before decimals" if comma else "")
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind]))
        at = match.end()
    return found


class _Reader:
    """Sums of products of signed numbers, from left to right."""

    def __init__(self, tokens: list[_Token], units: dict[str, float]) -> None:
        self._tokens, self._units = tokens[::-1], units

    def whole(self) -> float:
        value = self._sum()
        if self._tokens:
            raise _NotANumber()
        return value

    def _sum(self) -> float:
        value = self._product()
        while sign := self._take("+", "-"):
            value += self._product() if sign == "+" else -self._product()
        return value

    def _product(self) -> float:
        """Factors and units in turn: half a turn is ``1/2 turn``."""
        value = self._signed() * self._unit()
        while sign := self._take("*", "/"):
            value = value * self._signed() if sign == "*" else value / self._signed()
            value *= self._unit()
        return value

    def _signed(self) -> float:
        if sign := self._take("+", "-"):
            return self._signed() * (1 if sign == "+" else -1)
        if self._take("("):
            value = self._sum()
            if not self._take(")"):
                raise _NotANumber(": a ) is missing")
            return value
        if self._tokens and self._tokens[-1].kind == "number":
            return float(self._tokens.pop().text)
        raise _NotANumber()

    def _unit(self) -> float:
        if not self._tokens or self._tokens[-1].kind != "unit":
            return 1.0
        unit = self._tokens.pop().text
        if unit not in self._units:
            takes = ", ".join(self._units) or "none"
            raise _NotANumber(f": its units are {takes}, not {unit}")
        return self._units[unit]

    def _take(self, *signs: str) -> str:
        token = self._tokens[-1] if self._tokens else None
        if token is None or token.kind != "sign" or token.text not in signs:
            return ""
        self._tokens.pop()
        return token.text
