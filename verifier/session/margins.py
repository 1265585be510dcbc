"""How much room a profile's numbers leave under the assumptions of a spec.

An assumption such as `liq_threshold * (1 + liq_bonus) <= 1 - max_drop` says, with the numbers of a market, how large
the open parameter may be: there `max_drop <= 0.1285`, the largest fall of the price that the market stands. Where no
parameter is open, the room is the difference of the two sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import final

from verifier.language.frozen import dataclass
from verifier.session.assumptions import parameters_of, speaks_of_everybody
from verifier.session.profiles import Profiled
from verifier.system.evaluate import Env, Undefined, evaluate
from verifier.system.rewrite import subterms
from verifier.system.terms import Const, Named, Op, Param, State, Term, Var
from verifier.system.values import scope_of

Affine = tuple[Fraction, Fraction]
"""`(c, k)`: the value `c + k * x` in the open parameter `x`."""


@final
@dataclass(frozen=True, slots=True)
class Margin:
    """The room that one comparison of an assumption leaves to a profile.

    With an `open` parameter, `value` is its bound, an upper one if `most`, and `strict` says that the bound itself is
    excluded. Without, `value` is by how much the comparison holds, in the unit of its sides (negative: by how much it
    fails).
    """

    profile: str
    path: str
    spec: str
    assumption: str
    open: str
    value: Fraction
    most: bool = True
    strict: bool = False

    @property
    def tightness(self) -> Fraction:
        """What to sort by: the smaller, the less room."""
        return self.value if self.most else -self.value


def margins(profiled: Profiled) -> tuple[Margin, ...]:
    """The room under each assumption of the spec that speaks of the profile's numbers, and, besides, of at most one
    open parameter, in which it is linear."""
    system = profiled.system
    env = Env(scope_of(system, {}), system.fixed, {})
    found: list[Margin] = []
    for assumption in system.assumptions:
        if assumption.kind == "assume":
            for comparison in _comparisons(assumption.condition):
                margin = _margin(profiled, assumption.name, comparison, env)
                if margin is not None:
                    found.append(margin)
    return tuple(sorted(found, key=lambda m: not m.open))


def _comparisons(condition: Term) -> Iterator[Op]:
    match condition:
        case Op("and", args):
            for arg in args:
                yield from _comparisons(arg)
        case Op("le" | "lt" | "ge" | "gt"):
            yield condition
        case _:
            pass


def _margin(profiled: Profiled, name: str, comparison: Op, env: Env) -> Margin | None:
    system = profiled.system
    mentioned = parameters_of(comparison)
    unknown = mentioned - system.fixed.keys()
    if len(unknown) > 1 or unknown == mentioned or speaks_of_everybody(comparison, system):
        return None
    try:
        left, right = (_affine(arg, env) for arg in comparison.args)
    except (Undefined, _NotAffineError):
        return None
    if comparison.op in ("ge", "gt"):
        left, right = right, left
    room, slope = right[0] - left[0], right[1] - left[1]  # the comparison says room + slope * x >= 0
    strict = comparison.op in ("lt", "gt")
    place = (profiled.profile, system.path, system.spec, name)
    if not unknown:
        return Margin(*place, "", room, strict=strict)
    if slope == 0:
        return None
    return Margin(*place, next(iter(unknown)), -room / slope, most=slope < 0, strict=strict)


class _NotAffineError(Exception):
    """The open parameter stands where it is not only scaled and added."""


def _affine(term: Term, env: Env) -> Affine:
    match term:
        case Const(value):
            return Fraction(value), Fraction(0)
        case Param(name, ()) if name not in env.params:
            return Fraction(0), Fraction(1)
        case Named(body=body) | Op("to_real", (body,)):
            return _affine(body, env)
        case Op("neg", (inner,)):
            c, k = _affine(inner, env)
            return -c, -k
        case Op("add", args):
            parts = [_affine(a, env) for a in args]
            return sum((c for c, _ in parts), Fraction(0)), sum((k for _, k in parts), Fraction(0))
        case Op("sub", (left, right)):
            (c, k), (d, m) = _affine(left, env), _affine(right, env)
            return c - d, k - m
        case Op("mul", args):
            c, k = Fraction(1), Fraction(0)
            for d, m in (_affine(a, env) for a in args):
                if k and m:
                    raise _NotAffineError
                c, k = c * d, c * m + k * d
            return c, k
        case Op("div", (left, right)):
            (c, k), (d, m) = _affine(left, env), _affine(right, env)
            if m or not d:
                raise _NotAffineError
            return c / d, k / d
        case Var() | State():
            raise _NotAffineError
        case _:
            if any(isinstance(t, Param) and t.name not in env.params for t in subterms(term)):
                raise _NotAffineError
            return Fraction(evaluate(term, env)), Fraction(0)
