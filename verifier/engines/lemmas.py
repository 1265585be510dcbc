"""Guessing lemmas: invariants that nobody wrote, in the language of the model's own comparisons.

What a guess is worth is settled elsewhere: a lemma counts only when it is proved like any other invariant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, permutations
from typing import final

from verifier.engines.members import member_variables
from verifier.engines.remembered import remembered
from verifier.language.frozen import dataclass
from verifier.system.rewrite import rewrite, subterms
from verifier.system.terms import (
    BOOL,
    INT,
    REAL,
    Const,
    Named,
    Op,
    Param,
    Quant,
    State,
    Term,
    Ty,
    Var,
)
from verifier.system.transition import (
    Branch,
    Enabled,
    ForEach,
    Invariant,
    Require,
    StepProperty,
    Stmt,
    System,
    Variable,
)

MOST_OF_A_SHAPE = 120
"""Guesses of each kind."""


@final
@dataclass(frozen=True, slots=True)
class Comparison:
    """Two quantities that the model or the spec compares, of one arbitrary member each sort, without the ratios that
    they are multiplied by."""

    small: Term
    large: Term
    vars: tuple[Var, ...]


def candidates(system: System, goal: Term | None = None) -> Iterator[Term]:
    """Formulas that may be invariants; those built from the goal's own comparisons first."""
    seen: set[Term] = set()
    names = member_variables(system)
    sources = [*(_comparisons(goal, names) if goal is not None else ()), *_all_comparisons(system, names)]
    shapes = (
        _guarded(system, sources, names),
        _scaled(system, sources),
        _signs(system),
        _companions(system, names),
        remembered(system),
        _flags(system, names),
        _orders(system, names),
        _along_pointers(system, names),
    )
    for shape in shapes:
        for term in islice((t for t in shape if t not in seen), MOST_OF_A_SHAPE):
            if term not in seen:
                seen.add(term)
                yield term


# ---------------------------------------------------------------------------------------------- what is compared


def _all_comparisons(system: System, names: Mapping[str, Var]) -> Iterator[Comparison]:
    for prop in system.properties:
        if isinstance(prop, Invariant | StepProperty):
            yield from _comparisons(prop.formula, names)
        elif isinstance(prop, Enabled):
            yield from _comparisons(prop.when, names)
    for definition in system.definitions:
        yield from _comparisons(definition.body, names)
    for action in system.actions:
        for condition in conditions_of(action.body):
            yield from _comparisons(condition, names)


def conditions_of(body: tuple[Stmt, ...]) -> Iterator[Term]:
    """The conditions of all `require`s and branches of a block."""
    for stmt in body:
        match stmt:
            case Require(condition):
                yield condition
            case Branch(condition, then, otherwise):
                yield condition
                yield from conditions_of(then)
                yield from conditions_of(otherwise)
            case ForEach(_, inner):
                yield from conditions_of(inner)
            case _:
                pass


def _comparisons(term: Term, variables: Mapping[str, Var]) -> Iterator[Comparison]:
    for sub in subterms(term):
        match sub:
            case Op("le" | "lt", (left, right)) | Op("ge" | "gt", (right, left)):
                found = _comparison(left, right, variables)
                if found is not None:
                    yield found
            case _:
                pass


def _comparison(left: Term, right: Term, variables: Mapping[str, Var]) -> Comparison | None:
    """The comparison over one canonical member each sort; None if it speaks of more than states and parameters."""
    names: dict[str, Var] = {}

    def canonical(node: Term) -> Term | None:
        match node:
            case Named(_, _, body):
                return rewrite(body, canonical)
            case Var(_, ty) if ty.kind == "sort":
                return names.setdefault(ty.name, variables[ty.name])
            case _:
                return None

    small, large = (_without_ratios(rewrite(side, canonical)) for side in (left, right))
    if small is None or large is None or not (_speaks_of_state(small) or _speaks_of_state(large)):
        return None
    for sub in (*subterms(small), *subterms(large)):
        if isinstance(sub, Var) and sub not in names.values():
            return None
        if isinstance(sub, State) and sub.at != "now":
            return None
        if isinstance(sub, Quant):
            return None
    if len({v for sub in (*subterms(left), *subterms(right)) if isinstance(sub, Var) for v in (sub,)}) > len(names):
        return None
    return Comparison(small, large, tuple(names.values()))


def _speaks_of_state(term: Term) -> bool:
    return any(isinstance(t, State) for t in subterms(term))


def _without_ratios(term: Term) -> Term | None:
    """A product without the factors that are made of parameters and constants only."""
    if not isinstance(term, Op) or term.op != "mul":
        return term
    factors = [f for f in _factors(term) if _speaks_of_state(f)]
    if not factors:
        return term
    return factors[0] if len(factors) == 1 else Op("mul", tuple(factors), term.ty)


def _factors(term: Term) -> Iterator[Term]:
    if isinstance(term, Op) and term.op == "mul":
        for arg in term.args:
            yield from _factors(arg)
    else:
        yield term


# ---------------------------------------------------------------------------------------------- shapes


def _ratios(system: System) -> list[Term]:
    """Plain numbers that parameters offer: `1 + p`, `1 - p`, `p`."""
    one = Const(Fraction(1), REAL)
    out: list[Term] = []
    for p in system.params:
        if p.keys == () and p.ty == REAL and p.unit == "":
            ratio = Param(p.name, (), REAL)
            out += [Op("add", (one, ratio), REAL), Op("sub", (one, ratio), REAL), ratio]
    return out


def _scaled(system: System, comparisons: list[Comparison]) -> Iterator[Term]:
    """`small * f <= large * g`."""
    ratios = _ratios(system)
    for c in comparisons:
        if c.small.ty != REAL:
            yield _close(c, Op("le", (c.small, c.large), BOOL))
            continue
        for f in (None, *ratios):
            yield _close(c, Op("le", (_times(c.small, f), c.large), BOOL))
        for g in ratios:
            yield _close(c, Op("le", (c.small, _times(c.large, g)), BOOL))


def _guarded(system: System, comparisons: list[Comparison], names: Mapping[str, Var]) -> Iterator[Term]:
    """`phase == Closing implies 0 < bids`: what a stage of a state machine can be relied on for."""
    for guard, vars_ in _stages(system, names):
        for c in dict.fromkeys(comparisons):
            if set(c.vars) <= set(vars_) and not _reads(guard) & (_reads(c.small) | _reads(c.large)):
                for atom in (Op("lt", (c.small, c.large), BOOL), Op("le", (c.small, c.large), BOOL)):
                    yield _close(Comparison(c.small, c.large, vars_), Op("implies", (guard, atom), BOOL))


def _stages(system: System, names: Mapping[str, Var]) -> Iterator[tuple[Term, tuple[Var, ...]]]:
    """Conditions on what stage something is in: an enum has a value, a truth value holds."""
    for v in system.states:
        if v.ty.kind not in ("enum", "bool") or any(k.kind != "sort" for k in v.keys) or len(v.keys) > 1:
            continue
        vars_ = tuple(names[k.name] for k in v.keys)
        read = State(v.name, vars_, v.ty)
        if v.ty.kind == "bool":
            yield read, vars_
            continue
        for index in range(len(system.sort(v.ty.name).members)):
            yield Op("eq", (read, Const(index, v.ty)), BOOL), vars_


def _reads(term: Term) -> frozenset[str]:
    return frozenset(t.name for t in subterms(term) if isinstance(t, State))


def _times(term: Term, ratio: Term | None) -> Term:
    return term if ratio is None else Op("mul", (term, ratio), REAL)


def _close(comparison: Comparison, body: Term) -> Term:
    for var in reversed(comparison.vars):
        body = Quant("forall", var, body)
    return body


def _signs(system: System) -> Iterator[Term]:
    """`x > 0` for numbers of the whole system, `1 <= x` where it has no unit."""
    for v in system.states:
        if v.keys == () and v.ty.numeric:
            zero = _zero(v.ty)
            yield Op("gt", (State(v.name, (), v.ty), zero), BOOL)
            if v.low is None:
                yield Op("ge", (State(v.name, (), v.ty), zero), BOOL)


def _companions(system: System, names: Mapping[str, Var]) -> Iterator[Term]:
    """`m[a] > 0 implies n[a] > 0`, for maps with the same keys."""
    maps = [v for v in system.states if v.keys and v.ty in (INT, REAL) and all(k.kind == "sort" for k in v.keys)]
    for m in maps:
        for n in maps:
            if m is n or m.keys != n.keys or len(set(m.keys)) != len(m.keys):
                continue
            vars_ = tuple(names[k.name] for k in m.keys)
            left = Op("gt", (State(m.name, vars_, m.ty), _zero(m.ty)), BOOL)
            right = Op("gt", (State(n.name, vars_, n.ty), _zero(n.ty)), BOOL)
            yield _every(vars_, Op("implies", (left, right), BOOL))


def _along_pointers(system: System, names: Mapping[str, Var]) -> Iterator[Term]:
    """`p[a] implies p[f[a]]` and `p[a] or f[a] == a`, for a truth value and a map from members to members."""
    pointers = [v for v in system.states if v.ty.kind == "sort" and v.keys == (v.ty,)]
    for f in pointers:
        for p in (v for v in system.states if v.ty == BOOL and v.keys == f.keys):
            var = names[f.ty.name]
            there, flag = State(f.name, (var,), f.ty), State(p.name, (var,), BOOL)
            yield _every((var,), Op("implies", (flag, State(p.name, (there,), BOOL)), BOOL))
            yield _every((var,), Op("or", (flag, Op("eq", (there, var), BOOL)), BOOL))


def _flags(system: System, names: Mapping[str, Var]) -> Iterator[Term]:
    """`p[a] implies q[a]`, and `p[a] or m[a] == 0`, for truth values and numbers with the same keys."""
    plain = [v for v in system.states if all(k.kind == "sort" for k in v.keys) and len(set(v.keys)) == len(v.keys)]
    for p in (v for v in plain if v.ty == BOOL):
        vars_ = tuple(names[k.name] for k in p.keys)
        flag = State(p.name, vars_, BOOL)
        for q in (v for v in plain if v.keys == p.keys and v is not p):
            other = State(q.name, vars_, q.ty)
            if q.ty == BOOL:
                yield _every(vars_, Op("implies", (flag, other), BOOL))
                yield _every(vars_, Op("implies", (flag, Op("not", (other,), BOOL)), BOOL))
            elif q.ty.numeric:
                nothing = Op("eq", (other, _zero(q.ty)), BOOL)
                yield _every(vars_, Op("or", (flag, nothing), BOOL))
                yield _every(vars_, Op("implies", (flag, nothing), BOOL))


def _orders(system: System, names: Mapping[str, Var]) -> Iterator[Term]:
    """`x <= y`, and `x + p <= y` for a parameter `p`, for two numbers of one unit; also from some stage on."""
    plain = [v for v in system.states if v.ty.numeric and all(k.kind == "sort" for k in v.keys)]
    stages = tuple(_stages(system, names))
    for x, y in permutations((v for v in plain if len(set(v.keys)) == len(v.keys)), 2):
        if x.ty != y.ty or x.unit != y.unit or not (set(x.keys) <= set(y.keys) or set(y.keys) <= set(x.keys)):
            continue
        vars_ = tuple(names[k.name] for k in (x.keys if len(x.keys) > len(y.keys) else y.keys))
        small, large = _read_at(x, names), _read_at(y, names)
        waits = [p for p in system.params if not p.keys and p.ty == x.ty and p.unit == x.unit and p.unit]
        later = [Op("add", (small, Param(p.name, (), p.ty)), x.ty) for p in waits]
        sums: tuple[Term, ...] = (small, *later)
        for first in sums:
            order = Op("le", (first, large), BOOL)
            yield _every(vars_, order)
            for guard, own in stages:
                if set(own) <= set(vars_) and not _reads(guard) & {x.name, y.name}:
                    yield _every(vars_, Op("implies", (guard, order), BOOL))
                    if guard.ty == BOOL:
                        yield _every(vars_, Op("or", (guard, order), BOOL))


def _read_at(variable: Variable, names: Mapping[str, Var]) -> State:
    return State(variable.name, tuple(names[k.name] for k in variable.keys), variable.ty)


def _every(vars_: tuple[Var, ...], body: Term) -> Term:
    for var in reversed(vars_):
        body = Quant("forall", var, body)
    return body


def _zero(ty: Ty) -> Const:
    return Const(0 if ty == INT else Fraction(0), ty)
