"""`@dataclass(frozen=True, slots=True)` without the wait.

The standard decorator compiles half a dozen methods for each class when the class is made, a millisecond a class; the
trees and terms of this package have more than a hundred. This one gives the same classes, but what can be shared is
shared, and `__init__` is compiled when the first object is made. `dataclasses.replace`, `fields` and `field`, `match`,
pickling and type checkers treat the classes as what they are.

Not supported, because not used: inheritance of fields, `kw_only`, `InitVar`, `ClassVar`, `order`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, field, fields
from dataclasses import dataclass as _standard
from operator import attrgetter
from typing import Any, Literal, TypeVar, dataclass_transform

__all__ = ["dataclass", "field"]

T = TypeVar("T")


@_standard
class _Probe:
    value: int = 0


_ORDINARY = fields(_Probe)[0]._field_type  # type: ignore[attr-defined]  # noqa: SLF001 - what `replace` looks for


@dataclass_transform(field_specifiers=(field,))
def dataclass(*, frozen: Literal[True], slots: Literal[True]) -> Callable[[type[T]], type[T]]:
    """As `dataclasses.dataclass(frozen=True, slots=True)`."""
    return _made


def _made(plain: type[T]) -> type[T]:
    body = dict(plain.__dict__)
    declared = tuple(body.get("__annotations__", ()))
    known = {name: _field(name, body) for name in declared}
    for name in (*declared, "__dict__", "__weakref__"):
        body.pop(name, None)
    compared = tuple(name for name, f in known.items() if f.compare)
    key: Callable[[Any], Any] = attrgetter(*compared) if compared else lambda _: ()

    def equal(self: Any, other: object) -> Any:
        if self is other:
            return True
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def first_init(self: Any, *args: Any, **values: Any) -> None:
        made.__init__ = _init(made, known)
        made.__init__(self, *args, **values)

    body.update(
        __slots__=declared,
        __dataclass_fields__=known,
        __match_args__=tuple(name for name, f in known.items() if f.init),
        __init__=first_init,
        __eq__=equal,
        __hash__=lambda self: hash(key(self)),
        __setattr__=_refuse,
        __delattr__=_refuse,
        __getstate__=_get_state,
        __setstate__=_set_state,
    )
    body.setdefault("__repr__", _repr)
    made: Any = type(plain.__name__, plain.__bases__, body)
    made.__qualname__ = plain.__qualname__
    return made  # type: ignore[no-any-return]


def _field(name: str, body: dict[str, Any]) -> Field[Any]:
    given = body.get(name, MISSING)
    made: Field[Any] = given if isinstance(given, Field) else field(default=given)
    made.name = name
    made.type = body["__annotations__"][name]
    made._field_type = _ORDINARY  # type: ignore[attr-defined]  # noqa: SLF001
    made.kw_only = False
    return made


def _init(made: Any, known: dict[str, Field[Any]]) -> Callable[..., None]:
    """The initialiser, which stores through the slots themselves and so passes by `__setattr__`."""
    scope: dict[str, Any] = {}
    parameters: list[str] = []
    lines: list[str] = []
    for name, f in known.items():
        scope[f"_set_{name}"] = getattr(made, name).__set__
        value = name
        if f.default_factory is not MISSING:
            scope[f"_make_{name}"], scope["_missing"] = f.default_factory, MISSING
            value = f"_make_{name}() if {name} is _missing else {name}" if f.init else f"_make_{name}()"
            parameters.extend([f"{name}=_missing"] if f.init else [])
        elif f.default is not MISSING:
            scope[f"_default_{name}"] = f.default
            value = name if f.init else f"_default_{name}"
            parameters.extend([f"{name}=_default_{name}"] if f.init else [])
        elif f.init:
            parameters.append(name)
        else:
            continue  # `__post_init__` gives it
        lines.append(f" _set_{name}(_self, {value})")
    if hasattr(made, "__post_init__"):
        lines.append(" _self.__post_init__()")
    code = f"def __init__({', '.join(['_self', *parameters])}):\n" + "\n".join(lines or [" pass"])
    exec(code, scope)  # noqa: S102 - as the standard decorator does
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _refuse(self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot assign to or delete field {name!r}")


def _repr(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, f.name) for f in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for f, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, f.name, value)
