"""Units of core terms, recovered from the declarations: core terms themselves carry none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from verifier.language.types import PLAIN, Unit
from verifier.system.terms import ActionIs, Agg, Const, Named, Op, Param, Quant, State, Term, Var
from verifier.system.transition import ForEach, Let, Stmt, System, Variable

Units = Mapping[tuple[str, str], Unit]
"""The unit of everything that has a name, by (`param`, `state`, `local` or `def`) and name."""


def parse_unit(text: str) -> Unit:
    """A unit from its text, as `str(Unit)` makes it: `USD/ETH`, `1/s`, `USD*s/ETH^2`."""
    if not text:
        return PLAIN
    over, *under = text.split("/")
    unit = PLAIN
    for factor in over.split("*"):
        unit = unit.times(_factor(factor))
    for factor in under:
        unit = unit.times(_factor(factor), -1)
    return unit


def _factor(text: str) -> Unit:
    name, _, exponent = text.strip().partition("^")
    return PLAIN if name == "1" else Unit.of({name: int(exponent or 1)})


def units_of(system: System) -> Units:
    """The units that a system's declarations give. Locals are left out: a name may mean different things in different
    places; see `with_locals`."""
    units: dict[tuple[str, str], Unit] = {}
    units.update({("param", p.name): parse_unit(p.unit) for p in system.params})
    units.update({("state", s.name): parse_unit(s.unit) for s in system.states})
    # What parts there are decides where the keys of `oracle.report[f]` go.
    paths = {tuple(v.part.split(".")) for v in (*system.params, *system.states) if v.part}
    units.update({("part", ".".join(path[: n + 1])): PLAIN for path in paths for n in range(len(path))})
    units.update({("def", d.name): parse_unit(d.unit) for d in system.definitions})
    return units


def with_locals(units: Units, local: Mapping[str, str]) -> Units:
    """The units with those of some locals (as text) added."""
    return {**units, **{("local", name): parse_unit(text) for name, text in local.items()}}


def program_units(units: Units, args: tuple[Variable, ...], program: tuple[Stmt, ...]) -> Units:
    """The units with those of a program's (or an action's) arguments and lets."""
    out = dict(with_locals(units, {a.name: a.unit for a in args}))

    def walk(body: tuple[Stmt, ...]) -> None:
        for stmt in body:
            match stmt:
                case Let(var, value):
                    found = unit_of(value, out)
                    if found is not None:
                        out["local", var.name] = found
                case ForEach(_, inner):
                    walk(inner)
                case _:
                    pass

    walk(program)
    return out


def unit_of(term: Term, units: Units) -> Unit | None:
    """The unit of a numeric term; None where it can't be told (a constant may have any)."""
    match term:
        case Const() | Quant() | ActionIs():
            return None
        case Var(name):
            return units.get(("local", name))
        case Param(name):
            return units.get(("param", name))
        case State(name):
            return units.get(("state", name))
        case Named(name, _, body):
            return units.get(("def", name)) or unit_of(body, units)
        case Agg("count"):
            return PLAIN
        case Agg(_, _, body):
            return unit_of(body, units)
        case Op():
            return _unit_of_op(term, units)
        case _:
            assert_never(term)


def _unit_of_op(term: Op, units: Units) -> Unit | None:
    match term.op, term.args:
        case "add" | "sub" | "min" | "max", args:
            return next((u for u in (unit_of(a, units) for a in args) if u is not None), None)
        case "ite", (_, then, otherwise):
            return unit_of(then, units) or unit_of(otherwise, units)
        case "mul", args:
            unit = PLAIN
            for arg in args:
                unit = unit.times(_or_plain(arg, units))
            return unit
        case "div", (left, right):
            return _or_plain(left, units).times(_or_plain(right, units), -1)
        case "neg" | "floor" | "ceil" | "abs" | "to_real", (inner,):
            return unit_of(inner, units)
        case _:
            return None


def _or_plain(term: Term, units: Units) -> Unit:
    return unit_of(term, units) or PLAIN
