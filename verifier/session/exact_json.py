"""JSON in which no number is ever rounded: integers of any size, decimals as written, and numbers as text."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any, final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass

_LONGEST = 400
_DIGITS = "[0-9]+(?:_[0-9]+)*"
_DECIMAL = re.compile(rf"([+-]?{_DIGITS})(?:\.({_DIGITS}))?(?:[eE]([+-]?[0-9]{{1,3}}))?")
_RATIO = re.compile(rf"([+-]?{_DIGITS}) ?/ ?({_DIGITS})")
_HEX = re.compile(r"0[xX][0-9a-fA-F]+")


@final
@dataclass(frozen=True, slots=True)
class Odd:
    """What JSON can say and no value is, in words: NaN, a number of a thousand digits, a key that stands twice."""

    text: str


def parse(text: str, name: str) -> Any:
    """The JSON of a file, with integers and decimals exact; a `Diagnostic` where it is none."""
    try:
        return json.loads(text, parse_float=_decimal, parse_int=_integer, parse_constant=Odd, object_pairs_hook=_object)
    except json.JSONDecodeError as problem:
        words = f"{problem.msg[:1].lower()}{problem.msg[1:]} on line {problem.lineno}, column {problem.colno}"
    except RecursionError:
        words = "it is nested too deeply"
    return Diagnostic("VS0571", None, {"path": name, "problem": words})


def _integer(text: str) -> int | Odd:
    return int(text) if len(text) <= _LONGEST else Odd(f"a number of {len(text)} digits")


def _decimal(text: str) -> int | Fraction | Odd:
    number = _exactly(text)
    return Odd(f"a number that is out of all bounds, {text[:20]}") if number is None else number


def _exactly(text: str) -> int | Fraction | None:
    """A decimal as written; None for what is no such number. (Several times as quick as `Fraction(text)`.)"""
    match = _DECIMAL.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    whole, part, exponent = match.groups()
    if part is None and exponent is None:
        return int(whole)
    decimals = (part or "").replace("_", "").rstrip("0")
    digits = int(whole + decimals)
    places = len(decimals) - int(exponent or 0)
    return digits * 10**-places if places <= 0 else _lowest(digits, 10**places)


def _lowest(above: int, below: int) -> int | Fraction:
    ratio = Fraction(above, below)
    return ratio.numerator if ratio.denominator == 1 else ratio


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Odd:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return Odd(f"an object that has the key `{twice}` twice")


def number_of(raw: Any) -> int | Fraction | None:
    """The number that a JSON value stands for: `7`, `0.825`, `"0.825"`, `"17/21"`, `"0x7d0"`, `{"num": 17, "den": 21}`.
    Whole ones are an `int`. None for what stands for no number."""
    match raw:
        case bool():
            return None
        case int():
            return raw
        case Fraction():
            return raw.numerator if raw.denominator == 1 else raw
        case str():
            return _from_text(raw.strip())
        case {"num": above, "den": below} if len(raw) == 2:
            over, under = number_of(above), number_of(below)
            if over is None or under is None or under <= 0:
                return None
            return _lowest(over.numerator * under.denominator, over.denominator * under.numerator)
        case _:
            return None


def _from_text(text: str) -> int | Fraction | None:
    number = _exactly(text)
    if number is not None:
        return number
    if len(text) > _LONGEST:
        return None
    if _HEX.fullmatch(text):
        return int(text, 16)
    ratio = _RATIO.fullmatch(text)
    if ratio is None or not int(ratio[2]):
        return None
    return _lowest(int(ratio[1]), int(ratio[2]))
