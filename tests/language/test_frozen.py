"""Our `dataclass(frozen=True, slots=True)` makes what the standard one makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest

from verifier.language import frozen
from verifier.language.frozen import dataclass, field


@dataclass(frozen=True, slots=True)
class Ours:
    """A class."""

    a: int
    b: str = "x"
    c: Mapping[str, int] = field(default_factory=dict)
    d: int = field(default=7, compare=False, repr=False)
    e: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "e", self.a + 1)

    @property
    def twice(self) -> int:
        """A property."""
        return self.a * 2


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """A class."""

    a: int
    b: str = "x"
    c: Mapping[str, int] = dataclasses.field(default_factory=dict)
    d: int = dataclasses.field(default=7, compare=False, repr=False)
    e: int = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "e", self.a + 1)

    @property
    def twice(self) -> int:
        """A property."""
        return self.a * 2


@dataclass(frozen=True, slots=True)
class Empty:
    """Without fields."""


@dataclass(frozen=True, slots=True)
class One:
    """With one field."""

    only: tuple[int, ...]


BOTH: list[Any] = [Ours, Theirs]


@pytest.mark.parametrize("made", BOTH)
def test_alike(made: Any) -> None:
    one = made(1, "y", {"k": 2}, d=3)
    assert (one.a, one.b, one.c, one.d, one.e, one.twice) == (1, "y", {"k": 2}, 3, 2, 2)
    assert one == made(1, "y", {"k": 2}, d=4)
    assert one != made(2, "y", {"k": 2})
    assert one != 1
    assert repr(one) == f"{made.__name__}(a=1, b='y', c={{'k': 2}}, e=2)"
    assert made.__match_args__ == ("a", "b", "c", "d")
    assert [f.name for f in fields(made)] == ["a", "b", "c", "d", "e"]
    assert replace(one, a=5).e == 6
    assert not hasattr(one, "__dict__")
    assert made.__doc__ == "A class."
    assert made.__module__ == __name__
    with pytest.raises(FrozenInstanceError):
        one.a = 2
    with pytest.raises(FrozenInstanceError):
        del one.a
    with pytest.raises(TypeError):
        made()
    with pytest.raises(TypeError):
        made(1, nothing=2)
    assert made(1).c is not made(1).c


@pytest.mark.parametrize("one", [Ours(3), Empty(), One((1, 2))])
def test_copies(one: Any) -> None:
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert copy.copy(one) == one
    assert copy.deepcopy(one) == one


def test_hashes() -> None:
    assert hash(One((1,))) == hash(One((1,)))
    assert len({Empty(), Empty()}) == 1
    with pytest.raises(TypeError):
        hash(Ours(1))


def test_match() -> None:
    match Ours(4, "z"):
        case Ours(a, "z"):
            assert a == 4
        case _:
            pytest.fail("it has `__match_args__`")


def test_the_first_object_of_each_class_is_like_the_others() -> None:
    @frozen.dataclass(frozen=True, slots=True)
    class Fresh:
        """Never made before."""

        x: int
        y: int = 2

    assert Fresh(1) == Fresh(x=1, y=2)
