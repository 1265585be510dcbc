"""Random terms, statements and states over one small signature that has something of everything.

A generator takes its decisions from a `Choices`, so that hypothesis can shrink them and a nightly run can draw them
from a seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from verifier.system.evaluate import Undefined
from verifier.system.execute import Interpreter, act
from verifier.system.terms import (
    BOOL,
    INT,
    REAL,
    TRUE,
    ActionIs,
    Agg,
    At,
    Const,
    Op,
    OpName,
    Param,
    Quant,
    State,
    Term,
    Ty,
    Value,
    Var,
    negate,
)
from verifier.system.trace import Cell, Reverted, Scope
from verifier.system.transition import (
    Action,
    Branch,
    Choose,
    ForEach,
    Havoc,
    Let,
    Require,
    Set,
    Sort,
    Stmt,
    System,
    Variable,
    Why,
)

ACCOUNT, POOL = Ty("sort", "Account"), Ty("sort", "Pool")
SLOT, TIER = Ty("sort", "Slot"), Ty("enum", "Tier")
OPEN = ("Account", "Pool")

SORTS = (Sort("Account", None), Sort("Pool", None), Sort("Slot", 2), Sort("Tier", 3, ("Low", "Mid", "High")))
PARAMS = (
    Variable("rate", (), REAL, 0),
    Variable("cap", (), INT),
    Variable("limit", (ACCOUNT,), REAL),
    Variable("share", (TIER,), INT, 0),
)
STATES = (
    Variable("n", (), INT),
    Variable("p", (), REAL),
    Variable("u", (), REAL, 0),
    Variable("flag", (), BOOL),
    Variable("owner", (), ACCOUNT),
    Variable("phase", (), TIER),
    Variable("bal", (ACCOUNT,), REAL, 0),
    Variable("units", (ACCOUNT,), INT),
    Variable("on", (ACCOUNT,), BOOL),
    Variable("boss", (ACCOUNT,), ACCOUNT),
    Variable("tier", (ACCOUNT,), TIER),
    Variable("slot", (SLOT,), INT, 0),
    Variable("home", (POOL,), ACCOUNT),
    Variable("pair", (ACCOUNT, POOL), REAL),
    Variable("twin", (ACCOUNT, ACCOUNT), INT),
)
EMPTY = System("M", "", "m", SORTS, PARAMS, STATES, (), (), (), (), (), ())

T = TypeVar("T")


class Choices(Protocol):
    """Where decisions come from."""

    def below(self, bound: int) -> int:
        """A number from 0 to bound - 1; the simplest first."""


@dataclass
class Seeded:
    """Decisions from a seed."""

    rng: Random

    def below(self, bound: int) -> int:
        return self.rng.randrange(bound)


@dataclass
class Drawn:
    """Decisions that hypothesis makes."""

    draw: Any

    def below(self, bound: int) -> int:
        return int(self.draw(st.integers(0, bound - 1)))


@st.composite
def decisions(draw: Any) -> Drawn:
    """A source of decisions for one example."""
    return Drawn(draw)


# ---------------------------------------------------------------------------------------------- generating


def op(name: OpName, *args: Term) -> Op:
    if name in ("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "implies"):
        return Op(name, args, BOOL)
    if name in ("floor", "ceil"):
        return Op(name, args, INT)
    if name in ("div", "to_real"):
        return Op(name, args, REAL)
    return Op(name, args, args[-1].ty)


@dataclass
class Generator:
    """Makes terms and statements. `rich` lets in what the engines handle least well."""

    choices: Choices
    times: tuple[At, ...] = ("now",)
    scope: list[Var] = field(default_factory=list)
    hidden: dict[str, tuple[Term, ...] | None] = field(default_factory=dict)
    """Maps that may be read only at these keys (None: not at all): what a loop writes."""
    actions: bool = False
    names: int = 0

    # ------------------------------------------------------------------------------------------ decisions

    def pick(self, options: Sequence[T]) -> T:
        return options[self.choices.below(len(options))]

    def chance(self, one_in: int) -> bool:
        return self.choices.below(one_in) == one_in - 1

    def fresh(self, base: str, ty: Ty) -> Var:
        self.names += 1
        return Var(f"{base}{self.names}", ty)

    @contextmanager
    def bound(self, *variables: Var) -> Any:
        self.scope.extend(variables)
        yield
        del self.scope[len(self.scope) - len(variables) :]

    # ------------------------------------------------------------------------------------------ terms

    def term(self, ty: Ty, depth: int) -> Term:
        match ty.kind:
            case "bool":
                return self.truth(depth)
            case "int" | "real":
                return self.number(ty, depth)
            case _:
                return self.member(ty, depth)

    def member(self, ty: Ty, depth: int) -> Term:
        options: list[Term] = [v for v in self.scope if v.ty == ty]
        if ty.name not in OPEN:
            size = next(s.size for s in SORTS if s.name == ty.name) or 0
            options += [Const(i, ty) for i in range(size)]
        reads = [s for s in STATES if s.ty == ty and self.readable(s, depth)]
        if reads and (not options or self.chance(3)):
            return self.read(self.pick(reads), depth - 1)
        return self.pick(options) if options else self.read(self.pick(reads), depth)

    def readable(self, variable: Variable, depth: int) -> bool:
        if variable.name in self.hidden:
            return self.hidden[variable.name] is not None
        return all(self.has_member(ty, depth) for ty in variable.keys)

    def has_member(self, ty: Ty, depth: int) -> bool:
        if ty.name not in OPEN or any(v.ty == ty for v in self.scope):
            return True
        return ty == ACCOUNT and "owner" not in self.hidden

    def read(self, variable: Variable, depth: int) -> Term:
        at = self.pick(self.times)
        keys = self.hidden.get(variable.name)
        if keys is None:
            keys = tuple(self.member(ty, depth) for ty in variable.keys)
        return State(variable.name, keys, variable.ty, at)

    def leaf(self, ty: Ty, depth: int) -> Term:
        options: list[Any] = [v for v in self.scope if v.ty == ty]
        options += [s for s in (*STATES, *PARAMS) if s.ty == ty and self.readable(s, depth)]
        if self.chance(4) or not options:
            if ty == REAL:
                return Const(Fraction(self.pick((0, 1, 2, -1, 3, -2)), self.pick((1, 1, 2, 3))), REAL)
            return (
                Const(self.pick((0, 1, 2, -1, 3, -2)), INT) if ty == INT else Const(bool(self.choices.below(2)), BOOL)
            )
        chosen = self.pick(options)
        if isinstance(chosen, Var):
            return chosen
        if chosen in PARAMS:
            return Param(chosen.name, tuple(self.member(t, depth) for t in chosen.keys), ty)
        return self.read(chosen, depth)

    def number(self, ty: Ty, depth: int) -> Term:
        if depth <= 0 or self.chance(4):
            return self.leaf(ty, depth)
        sub = depth - 1
        words = ["add", "sub", "mul", "sum", "ite", "min", "max", "abs", "neg", "best"]
        words += ["count", "floor", "ceil", "floor", "ceil"] if ty == INT else ["div", "guarded", "to_real"]
        word = self.pick(words)
        match word:
            case "add" | "sub" | "mul" | "min" | "max":
                return op(word, self.number(ty, sub), self.number(ty, sub))  # type: ignore[arg-type]
            case "abs" | "neg":
                return op(word, self.number(ty, sub))  # type: ignore[arg-type]
            case "floor" | "ceil":
                return op(word, self.quotient(sub) if self.chance(2) else self.number(REAL, sub))  # type: ignore[arg-type]
            case "div":
                return self.quotient(sub)
            case "guarded":
                return self.guarded(sub)
            case "to_real":
                return op("to_real", self.number(INT, sub))
            case "ite":
                return Op("ite", (self.truth(sub), self.number(ty, sub), self.number(ty, sub)), ty)
            case "best":
                return self.best(ty, sub)
            case _:
                return self.total(word, ty, sub)

    def quotient(self, depth: int) -> Term:
        if self.chance(2):
            return op("div", op("to_real", self.number(INT, depth)), op("to_real", self.number(INT, depth)))
        return op("div", self.number(REAL, depth), self.number(REAL, depth))

    def guarded(self, depth: int) -> Term:
        """A quotient, perhaps rounded, where the divisor is not zero."""
        divisor = op("to_real", self.number(INT, min(depth, 1)))
        quotient = op("div", op("to_real", self.number(INT, depth)), divisor)
        if self.chance(2):
            quotient = op("to_real", op(self.pick(("floor", "ceil")), quotient))
        return Op("ite", (op("ne", divisor, Const(Fraction(0), REAL)), quotient, self.leaf(REAL, depth)), REAL)

    def total(self, word: str, ty: Ty, depth: int) -> Term:
        sorts = self.pick(
            ((ACCOUNT,), (ACCOUNT,), (ACCOUNT,), (POOL,), (SLOT,), (TIER,), (ACCOUNT, POOL), (ACCOUNT, ACCOUNT))
        )
        variables = tuple(self.fresh("i", s) for s in sorts)
        with self.bound(*variables):
            guard = self.truth(min(depth, 2)) if word == "count" or self.chance(2) else TRUE
            body = Const(1, INT) if word == "count" else self.number(ty, depth)
        return Agg("count" if word == "count" else "sum", variables, body, guard, ty)

    def family(self, depth: int) -> list[Term]:
        """Sums that have much in common: of the same terms and their products, under the same conditions."""
        variable = self.fresh("i", self.pick((ACCOUNT, ACCOUNT, ACCOUNT, POOL)))
        ty = self.pick((REAL, INT))
        with self.bound(variable):
            left, right = self.number(ty, depth), self.number(ty, depth)
            condition = self.truth(min(depth, 1))
        bodies = [left, right, op("mul", left, left), op("mul", left, right), Op("ite", (condition, left, right), ty)]

        def sum_of(body: Term, guard: Term) -> Term:
            return Agg("sum", (variable,), body, guard, ty)

        out = [sum_of(self.pick(bodies), self.pick((TRUE, condition, negate(condition)))) for _ in range(3)]
        if self.chance(2):
            out.append(Agg("count", (variable,), Const(1, INT), self.pick((TRUE, condition, negate(condition))), INT))
        return out

    def ordered(self, depth: int) -> tuple[Term, list[Term]]:
        """A fact that holds of every member whatever the state, and the sums of its two sides."""
        variable = self.fresh("i", ACCOUNT)
        ty = self.pick((REAL, INT))
        one = Const(Fraction(1), REAL) if ty == REAL else Const(1, INT)
        with self.bound(variable):
            small, more = self.number(ty, depth), self.number(ty, depth)
            condition = self.truth(min(depth, 1))
        large = op("add", small, op("abs", more))
        fact = self.pick(
            (
                op("le", small, large),
                op("ge", large, small),
                op("lt", small, op("add", large, one)),
                op("eq", op("sub", large, small), op("abs", more)),
                op("implies", condition, op("le", small, large)),
                op("or", negate(condition), op("lt", small, op("add", large, one))),
                op("implies", condition, op("eq", large, op("add", small, op("abs", more)))),
            )
        )
        guard = self.pick((TRUE, condition))
        sums: list[Term] = [Agg("sum", (variable,), b, guard, ty) for b in (small, large)]
        sums.append(Agg("count", (variable,), Const(1, INT), guard, INT))
        return Quant("forall", variable, fact), sums

    def weighted(self, depth: int) -> tuple[Term, list[Term]]:
        """A fact that holds of every member whatever the state, and the sums of its two sides with weights."""
        variable = self.fresh("i", ACCOUNT)
        zero, one = Const(Fraction(0), REAL), Const(Fraction(1), REAL)
        unsigned: Term = State("bal", (variable,), REAL)
        with self.bound(variable):
            small, more = self.number(REAL, depth), self.pick((op("abs", self.number(REAL, depth)), unsigned))
            other = self.pick((unsigned, self.number(REAL, depth)))
        large = op("add", small, more)
        weight = self.pick((unsigned, other, op("sub", one, unsigned)))
        above = op("lt", small, op("add", large, one))
        facts = (op("le", small, large), above, op("le", zero, op("mul", other, other)))
        weighted = (op("mul", small, weight), op("mul", large, weight))
        bodies = (small, op("mul", weight, op("sub", large, small)), weight)
        chosen = (self.pick(bodies), *self.pick((weighted, (small, large))))
        sums: list[Term] = [Agg("sum", (variable,), body, TRUE, REAL) for body in chosen]
        return Quant("forall", variable, self.pick(facts)), sums

    def payoffs(self, depth: int) -> list[Term]:
        """Sums of what is paid only where it is positive, or only so far; of what it is paid from, and of who is paid."""
        variable = self.fresh("i", ACCOUNT)
        ty = self.pick((REAL, INT))
        zero = Const(Fraction(0), REAL) if ty == REAL else Const(0, INT)
        with self.bound(variable):
            left, right = self.number(ty, depth), self.pick((zero, self.number(ty, depth)))
        bodies = (op("max", left, right), op("min", left, right), left, right, op("mul", left, op("max", left, right)))
        guards = (TRUE, TRUE, op("le", left, right), op("lt", left, right))
        out: list[Term] = [Agg("sum", (variable,), self.pick(bodies), self.pick(guards), ty) for _ in range(3)]
        if self.chance(2):
            whole = op("floor", op("div", op("to_real", left) if ty == INT else left, Const(Fraction(2), REAL)))
            out.append(Agg("sum", (variable,), whole, TRUE, INT))
        return [*out, Agg("count", (variable,), Const(1, INT), self.pick(guards[2:]), INT)]

    def pointed(self) -> list[Term]:
        """Entries of whom an entry names, and sums and counts over all who do."""
        variable, pool = self.fresh("i", ACCOUNT), self.fresh("p", POOL)
        boss: Term = State("boss", (State("owner", (), ACCOUNT),), ACCOUNT)
        also: Term = State("boss", (boss,), ACCOUNT)
        entry: Term = State("bal", (variable,), REAL)
        who = self.pick((boss, also))
        same = op("eq", variable, who)
        out: list[Term] = [
            State("bal", (who,), REAL),
            Agg("sum", (variable,), entry, TRUE, REAL),
            Agg("sum", (variable,), entry, self.pick((same, negate(same))), REAL),
            Agg("sum", (variable,), State("twin", (variable, self.pick((who, variable))), INT), TRUE, INT),
            Agg("sum", (pool,), State("bal", (State("home", (pool,), ACCOUNT),), REAL), TRUE, REAL),
            Agg("count", (variable,), Const(1, INT), op("eq", State("boss", (variable,), ACCOUNT), who), INT),
        ]
        return [self.pick(out) for _ in range(3)]

    def extremes(self, depth: int) -> list[Term]:
        """The greatest and the least of all, and the sum."""
        variable = self.fresh("i", ACCOUNT)
        ty = self.pick((REAL, INT))
        with self.bound(variable):
            body = self.number(ty, depth)
            # There is somebody of whom it holds.
            guard = self.pick((TRUE, op("or", self.truth(1), op("eq", variable, State("owner", (), ACCOUNT)))))
        return [Agg(kind, (variable,), body, guard, ty) for kind in ("max", "min", "sum")]

    def pairs(self, depth: int) -> tuple[Term, list[Term]]:
        """A fact that holds of every pair whatever the state, and sums over pairs, rows and columns of its sides."""
        i, j = self.fresh("i", ACCOUNT), self.fresh("j", self.pick((ACCOUNT, POOL)))
        with self.bound(i, j):
            small, more = self.number(REAL, depth), self.number(REAL, depth)
            condition = self.truth(1)
        large = op("add", small, op("abs", more))
        unsigned: Term = State("bal", (i,), REAL)
        fact = self.pick(
            (
                op("le", small, large),
                op("implies", condition, op("le", small, large)),
                op("le", unsigned, op("add", unsigned, op("abs", more))),
            )
        )
        weight = self.pick((Const(Fraction(1), REAL), unsigned))
        bodies = [op("mul", weight, small), op("mul", weight, large)]
        order = self.pick(((i, j), (j, i)))
        out: list[Term] = [
            Agg("sum", self.pick((order, (i, j))), b, self.pick((TRUE, TRUE, condition)), REAL) for b in bodies
        ]
        if j.ty == i.ty:
            out.append(Agg("sum", (i, j), bodies[0], op("eq", i, j), REAL))
        return Quant("forall", i, Quant("forall", j, fact)), out

    def squares(self) -> list[Term]:
        """Sums of an unsigned entry and of its square, of all and of some."""
        variable = self.fresh("i", ACCOUNT)
        entry: Term = State("bal", (variable,), REAL)
        some: Term = State("on", (variable,), BOOL)
        bodies, guards = (entry, op("mul", entry, entry)), (TRUE, some, negate(some))
        return [Agg("sum", (variable,), body, guard, REAL) for body in bodies for guard in guards]

    def own_unknowns(self) -> list[Term]:
        """Sums of what the encoder has no entry for: an entry at an entry, the greatest of several, a quantified truth."""
        variable, inner = self.fresh("i", ACCOUNT), self.fresh("j", self.pick((TIER, ACCOUNT)))
        at_boss: Term = State("bal", (State("boss", (variable,), ACCOUNT),), REAL)
        with self.bound(variable, inner):
            of_it = op("add", State("bal", (variable,), REAL), self.leaf(REAL, 1))
            said = self.truth(1)
        greatest = Agg("max", (inner,), of_it, TRUE, REAL)
        some = Quant("exists", inner, said)
        entry = self.pick((at_boss, greatest, Op("ite", (some, at_boss, Const(Fraction(0), REAL)), REAL)))
        return [Agg("sum", (variable,), body, TRUE, REAL) for body in (entry, op("mul", entry, entry))]

    def somebody(self) -> Term:
        """That there is an account of which something is said."""
        variable = self.fresh("q", ACCOUNT)
        with self.bound(variable):
            return Quant("exists", variable, self.truth(1))

    def grid(self, depth: int) -> list[Term]:
        """Sums over two variables, one inside the other."""
        i, j = self.fresh("i", ACCOUNT), self.fresh("j", self.pick((ACCOUNT, POOL)))
        with self.bound(i):
            with self.bound(j):
                cell = self.pick([s for s in STATES if s.keys == (i.ty, j.ty)])
                entry = State(cell.name, (i, j), cell.ty)
                guard = self.pick((TRUE, op("le", entry, self.number(cell.ty, min(depth, 1))), self.truth(0)))
            row = Agg(self.pick(("sum", "count")), (j,), entry, guard, cell.ty)
            if row.kind == "count":
                row = Agg("count", (j,), Const(1, INT), guard, INT)
        ty = row.ty
        return [
            Agg("sum", (i,), row, TRUE, ty),
            Agg("sum", (i,), op("mul", row, row), TRUE, ty),
            Agg("sum", (i, j), entry, guard, cell.ty),
        ]

    def roundings(self, depth: int) -> tuple[Term, list[Term]]:
        """Quotients by one divisor, rounded; and the sign of the divisor."""
        divisor, zero = op("to_real", self.number(INT, depth)), Const(Fraction(0), REAL)
        tops = [op("to_real", self.number(INT, depth)) for _ in range(2)]
        rounded = [op(self.pick(("floor", "floor", "ceil")), op("div", top, divisor)) for top in tops]
        return op(self.pick(("gt", "ge", "ne")), divisor, zero), [*rounded]

    def products(self, depth: int) -> Term:
        """A comparison of two products with a common factor."""
        ty = self.pick((INT, REAL))
        factor, left, right = (self.leaf(ty, depth) for _ in range(3))
        return op(self.pick(("le", "lt", "eq", "ge")), op("mul", factor, left), op("mul", right, factor))

    def best(self, ty: Ty, depth: int) -> Term:
        """Of something: a guard that can leave nothing stands behind a definedness condition in the language."""
        variable = self.fresh("i", self.pick((SLOT, TIER, ACCOUNT)))
        with self.bound(variable):
            return Agg(self.pick(("max", "min")), (variable,), self.number(ty, depth), TRUE, ty)

    def truth(self, depth: int) -> Term:
        if depth <= 0:
            return self.leaf(BOOL, 0) if self.chance(2) else self.comparison(0)
        sub = depth - 1
        match self.pick(
            ("compare", "compare", "and", "or", "not", "implies", "quant", "quant", "same", "ite", "iff", "leaf")
        ):
            case "compare":
                return self.comparison(sub)
            case "and" | "or" | "implies" as word:
                return op(word, self.truth(sub), self.truth(sub))
            case "not":
                return negate(self.truth(sub))
            case "quant":
                variable = self.fresh("q", self.pick((ACCOUNT, ACCOUNT, POOL, SLOT, TIER)))
                with self.bound(variable):
                    return Quant(self.pick(("forall", "exists")), variable, self.truth(sub))
            case "same":
                ty = self.pick((ACCOUNT, ACCOUNT, TIER, SLOT))
                if not self.has_member(ty, sub):
                    return self.leaf(BOOL, sub)
                return op(self.pick(("eq", "ne")), self.member(ty, sub), self.member(ty, sub))
            case "ite":
                return Op("ite", (self.truth(sub), self.truth(sub), self.truth(sub)), BOOL)
            case "iff":
                return op(self.pick(("eq", "ne")), self.truth(sub), self.truth(sub))
            case _:
                return ActionIs(self.pick(("go", "stay"))) if self.actions and self.chance(2) else self.leaf(BOOL, sub)

    def comparison(self, depth: int) -> Term:
        ty = self.pick((REAL, INT))
        return op(self.pick(("le", "lt", "eq", "ge", "gt", "ne")), self.number(ty, depth), self.number(ty, depth))

    # ------------------------------------------------------------------------------------------ statements

    def block(self, length: int, depth: int, *, loops: bool = True, choices: bool = True) -> tuple[Stmt, ...]:
        out: list[Stmt] = []
        known = len(self.scope)
        for _ in range(1 + self.choices.below(length)):
            out += self.statement(depth, loops=loops, choices=choices)
        del self.scope[known:]
        return tuple(out)

    def statement(self, depth: int, *, loops: bool, choices: bool) -> list[Stmt]:
        words = ["set", "set", "set", "set", "let", "require", "branch"]
        words += ["loop", "loop"] if loops else []
        words += ["choose", "havoc"] if choices else []
        match self.pick(words):
            case "set":
                target = self.pick([s for s in STATES if all(self.has_member(t, depth) for t in s.keys)])
                return self.assign(target, tuple(self.member(t, 1) for t in target.keys), depth)
            case "let":
                ty = self.pick((INT, REAL, BOOL, ACCOUNT, TIER))
                if not self.has_member(ty, 1) and ty == ACCOUNT:
                    ty = INT
                variable, value = self.fresh("l", ty), self.term(ty, depth)
                self.scope.append(variable)
                return [Let(variable, value)]
            case "require":
                return [self.require(self.truth(depth))]
            case "branch":
                condition = self.truth(depth - 1)
                then = self.block(2, depth - 1, loops=False, choices=False)
                otherwise = self.block(2, depth - 1, loops=False, choices=False) if self.chance(2) else ()
                return [Branch(condition, then, otherwise)]
            case "choose":
                variable = self.fresh("c", self.pick((INT, REAL, BOOL, TIER, ACCOUNT)))
                self.scope.append(variable)
                return [Choose(variable, TRUE), self.require(self.truth(depth - 1))]
            case "havoc":
                target = self.pick([s for s in STATES if s.ty.kind in ("int", "real")])
                self.names += 1
                return [Havoc(target.name, TRUE, f"{target.name}'{self.names}"), self.require(self.truth(depth - 1))]
            case _:
                return self.loop(depth)

    def require(self, condition: Term) -> Require:
        self.names += 1
        return Require(condition, Why("require", f"r{self.names}"))

    def assign(self, target: Variable, keys: tuple[Term, ...], depth: int) -> list[Stmt]:
        value = self.term(target.ty, depth)
        if target.low is not None:
            value = self.unsigned(value)
        return [Set(target.name, keys, value)]

    def unsigned(self, value: Term) -> Term:
        zero = Const(Fraction(0), REAL) if value.ty == REAL else Const(0, INT)
        return op("max", value, zero) if self.chance(2) else op("abs", value)

    def loop(self, depth: int) -> list[Stmt]:
        """Every member of a sort at once; what it writes is read at the same keys only."""
        variable = self.fresh("m", self.pick((ACCOUNT, ACCOUNT, ACCOUNT, POOL, SLOT)))
        maps = [
            s
            for s in STATES
            if variable.ty in s.keys and all(t == variable.ty or self.has_member(t, 1) for t in s.keys)
        ]
        targets = {self.pick(maps).name: None for _ in range(1 + self.choices.below(2))}
        for name in targets:
            self.hidden[name] = None
        others = {s.name: s for s in STATES}
        keys: dict[str, tuple[Term, ...]] = {}
        for name in targets:
            place = self.pick([i for i, t in enumerate(others[name].keys) if t == variable.ty])
            with self.bound(variable):
                keys[name] = tuple(
                    variable if i == place else self.member(t, 1) for i, t in enumerate(others[name].keys)
                )
        self.hidden.update(keys)
        body: list[Stmt] = []
        with self.bound(variable):
            for name in targets:
                inner = self.assign(others[name], keys[name], depth)
                if self.chance(3):
                    inner = [Branch(self.truth(depth - 1), tuple(inner), ())]
                body += inner
            if self.chance(4):
                body.append(self.require(self.truth(depth - 1)))
        for name in targets:
            del self.hidden[name]
        return [ForEach(variable, tuple(body))]


# ---------------------------------------------------------------------------------------------- concrete things


def some_value(choices: Choices, variable: Variable, sizes: Mapping[str, int]) -> Value:
    """A small value of the variable's type, in its range."""
    match variable.ty.kind:
        case "bool":
            return bool(choices.below(2))
        case "int":
            numbers = (0, 1, 2, 3, -1, -2, 5, -4)
            usable = [n for n in numbers if variable.low is None or n >= variable.low]
            return usable[choices.below(len(usable))]
        case "real":
            fractions = [Fraction(n) for n in (0, 1, 2, -1, -3)] + [Fraction(1, 2), Fraction(-2, 3), Fraction(5, 3)]
            usable_ = [n for n in fractions if variable.low is None or n >= variable.low]
            return usable_[choices.below(len(usable_))]
        case _:
            return choices.below(sizes[variable.ty.name])


def some_cell(choices: Choices, variable: Variable, sizes: Mapping[str, int]) -> Cell:
    if not variable.keys:
        return some_value(choices, variable, sizes)
    return {
        key: some_value(choices, variable, sizes) for key in product(*(range(sizes[ty.name]) for ty in variable.keys))
    }


def some_sizes(choices: Choices, most: int = 4) -> dict[str, int]:
    return {"Account": most - choices.below(most), "Pool": 1 + choices.below(2), "Slot": 2, "Tier": 3}


def scope(sizes: Mapping[str, int]) -> Scope:
    return Scope({name: tuple(f"{name}{i}" for i in range(size)) for name, size in sizes.items()})


def number_here(interp: Interpreter, frame: Any, term: Term) -> Const | None:
    """The value of a number at a frame; None where it has none."""
    try:
        value = interp.code(term)(frame)
    except Undefined:
        return None
    return Const(Fraction(value), REAL) if term.ty == REAL else Const(int(value), INT)


def truth_here(interp: Interpreter, frame: Any, term: Term) -> bool | None:
    """The truth value of a formula at a frame; None where it has none."""
    try:
        return bool(interp.code(term)(frame))
    except Undefined:
        return None


@dataclass
class Ran:
    """An action that ran: the system it is in, where from, where to."""

    system: System
    interp: Interpreter
    sizes: Mapping[str, int]
    params: Mapping[str, Cell]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    args: tuple[Value, ...]
    choices: Mapping[str, Cell]

    @property
    def action(self) -> Action:
        return self.system.actions[0]

    def frame(self, *, old: bool = False) -> Any:
        """The registers after the action (before it, without `old` and with `before` as present state)."""
        out = self.interp.frame(scope(self.sizes), self.params, self.after)
        if old:
            out.old = self.interp.frame(scope(self.sizes), self.params, self.before).now
            out.action = self.action.name
        return out

    def frame_before(self) -> Any:
        return self.interp.frame(scope(self.sizes), self.params, self.before)


ARGUMENTS = (
    (),
    (Variable("a", (), ACCOUNT), Variable("x", (), REAL)),
    (Variable("a", (), ACCOUNT), Variable("b", (), ACCOUNT), Variable("k", (), INT)),
    (Variable("a", (), ACCOUNT), Variable("z", (), POOL), Variable("x", (), REAL, 0)),
    (Variable("t", (), TIER), Variable("yes", (), BOOL)),
)


def some_fixed(choices: Choices, params: Mapping[str, Cell]) -> dict[str, Any]:
    """Parameters that a profile would give values: never maps over sorts of any size."""
    return {name: params[name] for name in ("rate", "cap", "share") if choices.below(6) == 5}


def random_step(gen: Generator, *, length: int = 4, depth: int = 2, bare: bool = False) -> Ran | None:
    """A random action that runs from a random state: its requires are turned round until they hold. None if it has
    no value somewhere."""
    args = () if bare else gen.pick(ARGUMENTS)
    with gen.bound(*(Var(a.name, a.ty) for a in args)):
        body = gen.block(length, depth)
    sizes = some_sizes(gen.choices)
    params = {p.name: some_cell(gen.choices, p, sizes) for p in PARAMS}
    before = {s.name: some_cell(gen.choices, s, sizes) for s in STATES}
    given = tuple(some_value(gen.choices, a, sizes) for a in args)
    chosen = some_choices(gen.choices, body, sizes)
    fixed = some_fixed(gen.choices, params)
    for _ in range(12):
        system = replace(EMPTY, fixed=fixed, actions=(Action("go", args, body), Action("stay", (), ())))
        interp = Interpreter(system)
        frame = interp.frame(scope(sizes), params, before)
        start = frame.now
        reverted = act(interp, frame, system.actions[0], given, chosen)
        if reverted is None:
            return Ran(system, interp, sizes, params, start, frame.now, given, chosen)
        turned = turn_round(body, reverted)
        if turned is None or turned == body:
            return None
        body = turned
    return None


def some_choices(choices: Choices, body: tuple[Stmt, ...], sizes: Mapping[str, int]) -> dict[str, Cell]:
    out: dict[str, Cell] = {}
    for stmt in body:
        match stmt:
            case Choose(var):
                out[var.name] = some_value(choices, Variable(var.name, (), var.ty), sizes)
            case Havoc(state, _, name):
                out[name] = some_cell(choices, next(s for s in STATES if s.name == state), sizes)
            case _:
                pass
    return out


def turn_round(body: tuple[Stmt, ...], reverted: Reverted) -> tuple[Stmt, ...] | None:
    """The body with the `require` that failed negated; None if that is not what went wrong."""
    if reverted.why.kind != "require":
        return None
    out: list[Stmt] = []
    for stmt in body:
        match stmt:
            case Require(condition, why) if why.text == reverted.why.text:
                out.append(Require(negate(condition), why))
            case Branch(condition, then, otherwise):
                out.append(Branch(condition, turn_round(then, reverted) or (), turn_round(otherwise, reverted) or ()))
            case ForEach(var, inner):
                # Turned round it may fail for another member; then it is left out.
                out.append(ForEach(var, tuple(s for s in inner if not _is(s, reverted))))
            case _:
                out.append(stmt)
    return tuple(out)


def _is(stmt: Stmt, reverted: Reverted) -> bool:
    return isinstance(stmt, Require) and stmt.why.text == reverted.why.text
