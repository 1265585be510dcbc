"""Terms as Python functions, for those that are evaluated a million times.

What a term means is for `evaluate` to say, which makes closures of it. Here it is written as a Python expression and
compiled as one, several times as quick; tests hold the two against each other. Nothing of the user's text gets into the
expression: every name in it is made here, and numbers, maps and domains are handed over as objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, assert_never, final

from verifier.system.evaluate import Frame, Undefined, compile_term, domain, whole
from verifier.system.terms import TRUE, ActionIs, Agg, Const, Named, Op, Param, Quant, State, Term, Var

Function = Callable[..., Any]

_SIGNS: Mapping[str, str] = {
    "add": "+", "sub": "-", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
    "and": " and ", "or": " or ",
}  # fmt: skip


def function(term: Term, variables: Sequence[Var], frame: Frame) -> Function:
    """The function that computes a term in the state of a frame from the values of its free variables, in their order.
    It raises `Undefined` where the term has no value."""
    writer = _Writer(frame)
    for variable in variables:
        writer.name(variable)
    try:
        text = f"lambda {', '.join(writer.name(v) for v in variables)}: {writer.text(term)}"
        made: Function = eval(compile(text, "<term>", "eval"), writer.objects)  # noqa: S307 - our own text, see above
    except (_NotHereError, SyntaxError, RecursionError, MemoryError):  # too deep for Python's parser
        return _closure(term, variables, frame)
    return made


def _closure(term: Term, variables: Sequence[Var], frame: Frame) -> Function:
    code = compile_term(term)
    names = [v.name for v in variables]

    def run(*values: Any) -> Any:
        frame.locals.update(zip(names, values, strict=True))
        return code(frame)

    return run


@final
class _NotHereError(Exception):
    """A term that speaks of more than one state."""


@final
class _Writer:
    """Writes terms, and keeps the objects that the text names."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._names: dict[str, str] = {}
        self._locals = 0
        self.objects: dict[str, Any] = {
            "__builtins__": {}, "sum": sum, "max": max, "min": min, "abs": abs, "all": all, "any": any,
            "floor": floor, "ceil": ceil, "divided": _divided, "extreme": _extreme,
        }  # fmt: skip

    def name(self, variable: Var) -> str:
        """What a variable is called; binders of one name have one name here as well, and are scoped alike."""
        return self._names.setdefault(variable.name, f"v{len(self._names)}")

    def _object(self, value: Any) -> str:
        name = f"o{len(self.objects)}"
        self.objects[name] = value
        return name

    def text(self, term: Term) -> str:
        """A term as an expression, in parentheses where it needs them."""
        match term:
            case Const(value):
                value = whole(value)
                return f"({value!r})" if value.__class__ in (int, bool) else self._object(value)
            case Var():
                return self.name(term)
            case Param(name, keys):
                return self._read(self._frame.params, name, keys)
            case State(name, keys, _, at):
                if at != "now":
                    raise _NotHereError
                return self._read(self._frame.now, name, keys)
            case Op():
                return self._operator(term)
            case Quant(kind, var, body):
                over = self._object(domain(var.ty, self._frame.members))
                return f"{'all' if kind == 'forall' else 'any'}({self.text(body)} for {self.name(var)} in {over})"
            case Agg():
                return self._aggregate(term)
            case Named(_, _, body):
                return self.text(body)
            case ActionIs():
                raise _NotHereError
            case _:
                assert_never(term)

    def _read(self, valuation: Mapping[str, Any], name: str, keys: tuple[Term, ...]) -> str:
        known = self._object(valuation[name])
        return f"{known}[{''.join(f'{self.text(k)},' for k in keys)}]" if keys else known

    def _operator(self, term: Op) -> str:
        args = [self.text(a) for a in term.args]
        match term.op:
            case "mul":
                return self._product(args)
            case "add" | "sub" | "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "and" | "or":
                return f"({_SIGNS[term.op].join(args)})"
            case "div":
                return f"divided({args[0]},{args[1]})"
            case "neg":
                return f"(-{args[0]})"
            case "floor" | "ceil" | "abs" | "min" | "max":
                return f"{term.op}({','.join(args)})"
            case "to_real":
                return args[0]
            case "not":
                return f"(not {args[0]})"
            case "implies":
                return f"({args[1]} if {args[0]} else True)"
            case "ite":
                return f"({args[1]} if {args[0]} else {args[2]})"
            case _:
                assert_never(term.op)

    def _product(self, factors: list[str]) -> str:
        """A product; most maps are sparse, so where the first factor is zero the others are not looked at, if they have
        a value at all."""
        out = factors[0]
        for factor in factors[1:]:
            if "divided(" in factor or "extreme(" in factor:
                out = f"({out}*{factor})"
            else:
                first = self._local()
                out = f"({first}*{factor} if ({first} := {out}) else 0)"
        return out

    def _local(self) -> str:
        self._locals += 1
        return f"t{self._locals}"

    def _aggregate(self, term: Agg) -> str:
        over = " ".join(f"for {self.name(v)} in {self._object(domain(v.ty, self._frame.members))}" for v in term.vars)
        guard = f" if {self.text(term.guard)}" if term.guard != TRUE else ""
        body = self.text(term.body)
        values = f"[{body} {over}{guard}]"
        match term.kind:
            case "sum":
                one = self._local()
                return f"sum([{one} {over}{guard} if ({one} := {body})])"
            case "count":
                return f"sum({values})"
            case "max" | "min":
                return f"extreme({term.kind},{values})"
            case _:
                assert_never(term.kind)


def _divided(above: Any, below: Any) -> Any:
    if not below:
        raise Undefined
    if above.__class__ is int and below.__class__ is int:
        return Fraction(above, below) if above % below else above // below
    return above / below


def _extreme(pick: Callable[[list[Any]], Any], values: list[Any]) -> Any:
    if not values:
        raise Undefined
    return pick(values)
