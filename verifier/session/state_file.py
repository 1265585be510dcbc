"""A state of a running system, as JSON: parameters, state variables and maps by member, with every number exact.

```json
{
  "liq_threshold": "0.83",
  "price": 1843.27,
  "collateral": { "alice": "3.2", "bob": { "num": 1, "den": 3 } },
  "position": { "alice": { "size": 5, "open": true } },
  "feed": { "price": "0x7d0" }
}
```

Members are named by the keys of maps. An entry that is missing is 0 (or false), as in a mapping of Solidity; a variable
that is missing is an error where it is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, final

from verifier.language.checking.suggest import listed
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass, field
from verifier.session.exact_json import Odd, number_of
from verifier.session.suggestion import suggest
from verifier.system.terms import Ty, Value
from verifier.system.trace import Scope
from verifier.system.transition import System, Variable
from verifier.system.values import default

_MOST_PROBLEMS = 20
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@final
class Entries(dict[tuple[int, ...], Any]):
    """The entries of a map; what is missing has the value that everything has at first."""

    __slots__ = ("default",)

    def __init__(self, default: Value) -> None:
        super().__init__()
        self.default = default

    def __missing__(self, key: tuple[int, ...]) -> Value:
        return self.default


@final
@dataclass(frozen=True, slots=True)
class Given:
    """What a file says. `values` has the variables that are given, in the form that runs use inside; `filled` tells for
    each map how many entries are missing, where there are some, and `absent` the variables that are not given."""

    scope: Scope
    values: Mapping[str, Any]
    filled: Mapping[str, int] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


# ---------------------------------------------------------------------------------------------- to a state


def read_state(document: Any, system: System, needed: frozenset[str]) -> Given | tuple[Diagnostic, ...]:
    """What a document says of the parameters and the state of a system, or everything that is wrong with it."""
    reader = _Reader(system)
    return reader.read(document, needed)


@final
class _Wrong(Exception):
    """A value that does not fit, in words, at its path."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path)
        self.path = path
        self.problem = problem

    @property
    def diagnostic(self) -> Diagnostic:
        """The same as a diagnostic."""
        text = self.problem if self.problem.endswith("?") else f"{self.problem}."
        return Diagnostic("VS0570", None, {"path": self.path, "problem": text})


Path = tuple[str, ...]


@final
class _Reader:
    """Reads one document. Members get their numbers in the order in which they are met."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._members: dict[str, dict[str, int]] = {
            s.name: {m: i for i, m in enumerate(s.members)} for s in system.sorts
        }
        self._closed = frozenset(s.name for s in system.sorts if s.members)
        self._problems: list[_Wrong] = []

    def read(self, document: Any, needed: frozenset[str]) -> Given | tuple[Diagnostic, ...]:
        variables = (*self._system.params, *self._system.states)
        values: dict[str, Any] = {}
        if not isinstance(document, dict):
            self._problems.append(
                _Wrong("$", f"expected an object with a key for each variable, and this is {_got(document)}")
            )
        else:
            for path, part in self._parts(document):
                self._level(path, part, (), variables, values)
        absent = frozenset(v.name for v in variables if v.name not in values)
        if not self._problems:
            for variable in variables:
                if variable.name in absent & needed:
                    self._problems.append(
                        _Wrong(
                            _place(tuple(variable.name.split("."))),
                            f"missing: expected {_expected(variable, entry=False)}",
                        )
                    )
            self._sizes()
            self._unknown_members(variables, values)
        if self._problems:
            return tuple(p.diagnostic for p in self._problems[:_MOST_PROBLEMS])
        scope = Scope({s: tuple(m) for s, m in self._members.items()})
        return Given(scope, values, dict(self._filled(variables, values)), absent)

    def _parts(self, document: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The document, or its objects `params` and `state` where it has nothing else."""
        names = {v.name.partition(".")[0] for v in (*self._system.params, *self._system.states)}
        if document and set(document) <= {"params", "state"} - names:
            for key, part in document.items():
                if isinstance(part, dict):
                    yield (key,), part
                else:
                    self._problems.append(_Wrong(_place((key,)), f"expected an object, and this is {_got(part)}"))
        else:
            yield (), document

    def _level(
        self, path: Path, found: dict[str, Any], at: Path, variables: Sequence[Variable], values: dict[str, Any]
    ) -> None:
        """The variables whose names begin with the components `at`: those of a part, or all of them."""
        depth = len(at)
        below = [v for v in variables if tuple(v.name.split("."))[:depth] == at]
        known: dict[str, list[Variable]] = {}
        for variable in below:
            known.setdefault(variable.name.split(".")[depth], []).append(variable)
        whole = {".".join(v.name.split(".")[depth:]): v for v in below}
        for key, value in found.items():
            here = (*path, key)
            if len(self._problems) >= _MOST_PROBLEMS:
                return
            if key in whole:
                self._group(here, value, [(whole[key], "")], values)
            elif key not in known:
                hint = suggest(key, dict.fromkeys((*known, *whole)))
                what = "the model and its spec have no such parameter or state variable"
                self._problems.append(_Wrong(_place(here), f"{what}. {hint}".strip()))
            elif all(len(v.part.split(".")) > depth and v.part for v in known[key]):
                self._part(here, value, (*at, key), variables, values)
            else:
                self._group(here, value, [(v, ".".join(v.name.split(".")[depth + 1 :])) for v in known[key]], values)

    def _part(self, path: Path, value: Any, at: Path, variables: Sequence[Variable], values: dict[str, Any]) -> None:
        if isinstance(value, dict):
            self._level(path, value, at, variables, values)
        else:
            self._problems.append(
                _Wrong(_place(path), f"expected an object with the variables of the part, and this is {_got(value)}")
            )

    def _group(self, path: Path, value: Any, fields: list[tuple[Variable, str]], values: dict[str, Any]) -> None:
        """One variable, or all fields of one that holds records: the same keys, and then a key for each field."""
        for keys, several in groupby(fields, key=lambda f: f[0].keys):
            group = list(several)
            for variable, _ in group:
                values.setdefault(variable.name, Entries(default(variable)) if keys else None)
            try:
                self._entries(path, value, keys, (), group, values)
            except _Wrong as wrong:
                self._problems.append(wrong)

    def _entries(
        self,
        path: Path,
        value: Any,
        keys: tuple[Ty, ...],
        key: tuple[int, ...],
        fields: list[tuple[Variable, str]],
        values: dict[str, Any],
    ) -> None:
        if not keys:
            self._leaf(path, value, key, fields, values)
            return
        if not isinstance(value, dict):
            raise _Wrong(
                _place(path),
                f"expected an object with a key for each {keys[0].name or 'truth value'}, and this is {_got(value)}",
            )
        for name, inner in value.items():
            here = (*path, name)
            names = name.split(", ") if len(keys) > 1 else ()
            try:
                if len(names) == len(keys):
                    index = tuple(self._member(here, n, ty) for n, ty in zip(names, keys, strict=True))
                    self._leaf(here, inner, (*key, *index), fields, values)
                else:
                    self._entries(here, inner, keys[1:], (*key, self._member(here, name, keys[0])), fields, values)
            except _Wrong as wrong:
                self._problems.append(wrong)
                if len(self._problems) >= _MOST_PROBLEMS:
                    return

    def _leaf(
        self, path: Path, value: Any, key: tuple[int, ...], fields: list[tuple[Variable, str]], values: dict[str, Any]
    ) -> None:
        if not fields[0][1]:
            self._put(fields[0][0], key, self._value(path, value, fields[0][0]), values)
            return
        if not isinstance(value, dict):
            raise _Wrong(
                _place(path), f"expected an object with {listed([f for _, f in fields])}, and this is {_got(value)}"
            )
        known = {name: variable for variable, name in fields}
        for name in value:
            if name not in known:
                raise _Wrong(_place((*path, name)), f"there is no such field. {suggest(name, known)}".strip())
        for name, variable in known.items():
            if name not in value:
                raise _Wrong(_place((*path, name)), f"missing: expected {_expected(variable)}")
            self._put(variable, key, self._value((*path, name), value[name], variable), values)

    def _put(self, variable: Variable, key: tuple[int, ...], value: Any, values: dict[str, Any]) -> None:
        if variable.keys:
            values[variable.name][key] = value
        else:
            values[variable.name] = value

    # ------------------------------------------------------------------------------------------ members and values

    def _member(self, path: Path, name: str, ty: Ty) -> int:
        if ty.kind == "bool":
            if name in ("true", "false"):
                return int(name == "true")
            raise _Wrong(_place(path), "expected `true` or `false` as a key")
        known = self._members[ty.name]
        if name in known:
            return known[name]
        if ty.name in self._closed:
            raise _Wrong(_place(path), f"`{name}` is no {ty.name}; there is {listed(known)}")
        known[name] = len(known)
        return known[name]

    def _value(self, path: Path, raw: Any, variable: Variable) -> Any:
        ty = variable.ty
        if ty.kind == "bool":
            if isinstance(raw, bool):
                return raw
        elif not ty.numeric:
            if isinstance(raw, str):
                return self._member(path, raw, ty)
        else:
            number = number_of(raw)
            if number is not None and (ty.kind == "real" or number.denominator == 1):
                return _within(path, number, variable)
        raise _Wrong(_place(path), f"expected {_expected(variable)}, and this is {_got(raw)}")

    def _sizes(self) -> None:
        """A sort that is declared with a size has that many members."""
        for sort in self._system.sorts:
            number = len(self._members[sort.name])
            if sort.size is None or sort.members or number == sort.size or not number:
                continue
            self._problems.append(_Wrong("$", f"`{sort.name}` has {sort.size} members, and the state names {number}"))

    def _unknown_members(self, variables: Sequence[Variable], values: dict[str, Any]) -> None:
        """Nothing stands for a member that is not given."""
        for variable in variables:
            if variable.ty.kind == "sort" and len(variable.keys) == 1 and variable.name in values:
                names = self._members[variable.keys[0].name]
                lost = next((n for n, i in names.items() if (i,) not in values[variable.name]), None)
                if lost is not None:
                    path = (*variable.name.split("."), lost)
                    self._problems.append(_Wrong(_place(path), f"missing: expected {_expected(variable)}"))

    def _filled(self, variables: Sequence[Variable], values: dict[str, Any]) -> Iterator[tuple[str, int]]:
        for variable in variables:
            if len(variable.keys) == 1 and variable.name in values:
                missing = len(self._members[variable.keys[0].name]) - len(values[variable.name])
                if missing > 0:
                    yield variable.name, missing


def _within(path: Path, number: int | Fraction, variable: Variable) -> int | Fraction:
    if variable.low is not None and number < variable.low:
        raise _Wrong(_place(path), f"expected {_expected(variable)}, and this is below {variable.low}")
    if variable.high is not None and number > variable.high:
        raise _Wrong(_place(path), f"expected {_expected(variable)}, and this is above {variable.high}")
    return number


# ---------------------------------------------------------------------------------------------- words


def _place(path: Path) -> str:
    """`$.collateral.alice`, `$["a b"]`."""
    return "$" + "".join(f".{p}" if _PLAIN.fullmatch(p) else f"[{json.dumps(p[:80])}]" for p in path)


def _expected(variable: Variable, *, entry: bool = True) -> str:
    """What a value of a variable has to be; of a map, what an entry has to be, or the whole."""
    if variable.keys and not entry:
        return f"an object with a key for each {', '.join(k.name or k.kind for k in variable.keys)}"
    match variable.ty.kind:
        case "bool":
            return "`true` or `false`"
        case "int" | "real":
            whole = "a whole number" if variable.ty.kind == "int" else "a number"
            least = " of at least 0" if variable.low == 0 else ""
            unit = f" (in {variable.unit})" if variable.unit else ""
            return f"{whole}{least}{unit}"
        case _:
            return f"the name of a member of {variable.ty.name}, as text"


def _got(raw: Any) -> str:
    match raw:
        case Odd(text):
            return text
        case None:
            return "null"
        case bool():
            return str(raw).lower()
        case int():
            return str(raw) if abs(raw) < 10**30 else "a number of more than 30 digits"
        case Fraction():
            return "a decimal"
        case str():
            return f"the text {json.dumps(raw)}" if len(raw) <= 40 else "a long text"
        case list():
            return "a list"
        case _:
            return "an object"
