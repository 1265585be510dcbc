"""In which order definitions depend on one another, and what of the state they read."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.language import syntax as s
from verifier.language.checking.environment import Context
from verifier.language.checking.walk import inside


def states_read(e: s.Expr, c: Context) -> frozenset[str]:
    """The state variables that a (typed) expression depends on, through definitions too."""
    out: set[str] = set()
    for node in inside(e):
        symbol = c.tables.symbols.get(id(node))
        if symbol is None:
            continue
        if symbol.kind == "state":
            out.add(symbol.name)
        elif symbol.kind == "def":
            out |= c.env.reads.get(symbol.name, frozenset())
    return frozenset(out)


def dependencies_first(defs: Mapping[str, s.DefDecl], c: Context) -> list[s.DefDecl]:
    """The definitions, each after those it uses. A cycle is reported once; its members are left out."""
    uses = {name: _uses(decl, defs) for name, decl in defs.items()}
    order: list[s.DefDecl] = []
    done: set[str] = set()
    broken: set[str] = set()
    for start in defs:
        path: list[str] = []
        # A stack of what is left to look at, rather than recursion: a chain of definitions may be long.
        stack: list[tuple[str, list[str]]] = []
        if start not in done:
            stack.append((start, list(uses[start])))
            path.append(start)
        while stack:
            name, left = stack[-1]
            if left:
                following = left.pop(0)
                if following in path:
                    cycle = path[path.index(following) :]
                    if not broken.intersection(cycle):
                        _report(cycle, defs, c)
                    broken.update(cycle)
                elif following not in done:
                    path.append(following)
                    stack.append((following, list(uses[following])))
                continue
            stack.pop()
            path.pop()
            done.add(name)
            if name not in broken:
                order.append(defs[name])
    return order


def _uses(decl: s.DefDecl, defs: Mapping[str, s.DefDecl]) -> tuple[str, ...]:
    """The definitions named in a definition's body."""
    out: dict[str, None] = {}
    for node in inside(decl.body):
        match node:
            case s.Call(name, scope=None) | s.Name(name) if name in defs:
                out[name] = None
            case _:
                pass
    return tuple(out)


def _report(cycle: list[str], defs: Mapping[str, s.DefDecl], c: Context) -> None:
    names = " → ".join(f"`{n}`" for n in (*cycle, cycle[0]))
    rest = tuple(("through", defs[n].name_span) for n in cycle[1:])
    c.tables.report("VS0316", defs[cycle[0]].name_span, *rest, name=cycle[0], cycle=names)
