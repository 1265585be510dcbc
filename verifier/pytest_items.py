"""What pytest collects from a file of specs: a node for each spec, an item for each promise.

All items of a spec that are selected are settled together, when the first of them runs: invariants are proved together
anyway. Under xdist nobody knows which items a worker will get, so there each is settled alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from verifier.language.diagnostics import Diagnostic
    from verifier.report.text import Line, Look
    from verifier.session.run import Result, Run
    from verifier.session.session import Prepared
    from verifier.system.transition import Property, System


class BrokenError(Exception):
    """A promise that did not come out as demanded, with its story."""


class SpecFile(pytest.File):
    """A file with specs, and with all that they see."""

    prepared: Prepared

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """A node for each spec, and an item for the profiles beside the file."""
        from verifier.session.session import prepare

        with _any_number_of_digits():
            self.prepared = prepare((str(self.path),))
            if self.prepared.diagnostics:
                raise self.CollectError(_mistakes(self.prepared.diagnostics, self.prepared.loaded.sources, self))
        for _, _, system in self.prepared.systems:
            if system.spec and system.properties:
                yield SpecNode.from_parent(self, name=system.spec, system=system)
        if self.path.with_suffix(".toml").exists():
            yield ProfilesItem.from_parent(self, name="profiles")


class SpecNode(pytest.Collector):
    """A spec."""

    def __init__(self, *, system: System, **known: Any) -> None:
        super().__init__(**known)
        self.system = system
        self._runs: dict[str, Run] = {}

    @classmethod
    def from_parent(cls, parent: pytest.Collector, **known: Any) -> SpecNode:
        """The node, made as pytest makes nodes."""
        made: SpecNode = super().from_parent(parent, **known)
        return made

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each promise."""
        for prop in self.system.properties:
            yield PromiseItem.from_parent(self, name=prop.heading.name, prop=prop)

    def settled(self, item: PromiseItem) -> Run:
        """The run that settled an item."""
        if item.name not in self._runs:
            together = [item.name] if hasattr(self.config, "workerinput") else self._selected()
            run = self._settle(together)
            self._runs |= dict.fromkeys((item.name, *together), run)
        return self._runs[item.name]

    def _selected(self) -> list[str]:
        return [i.name for i in self.session.items if isinstance(i, PromiseItem) and i.parent is self]

    def _settle(self, names: list[str]) -> Run:
        from verifier.session.session import Request, settled

        file = self.parent
        assert isinstance(file, SpecFile)
        wanted = tuple(f"{self.system.spec}.{name}" for name in names)
        request = Request((str(file.path),), properties=wanted, cache=True)
        return settled(file.prepared, request, lambda _: None, perf_counter())


class PromiseItem(pytest.Item):
    """A promise: it passes if it comes out as demanded."""

    def __init__(self, *, prop: Property, **known: Any) -> None:
        super().__init__(**known)
        self.prop = prop

    @classmethod
    def from_parent(cls, parent: pytest.Collector, **known: Any) -> PromiseItem:
        """The item, made as pytest makes nodes."""
        made: PromiseItem = super().from_parent(parent, **known)
        return made

    def runtest(self) -> None:
        """Settle it, with all that is settled together with it."""
        spec = self.parent
        assert isinstance(spec, SpecNode)
        with _any_number_of_digits():
            run = spec.settled(self)
            if run.diagnostics:
                raise BrokenError(_mistakes(run.diagnostics, run.sources, self))
            result = next((r for r in run.results if r.prop.heading.name == self.name), None)
            if result is None:
                raise BrokenError(f"`{self.name}` was not settled.")
            self._tell(result)
            if not result.ok:
                from verifier.report.cases import cases, headline, word
                from verifier.report.story import story

                look = _look(self)
                (case,) = (c for c in cases(run) if c.result is result)
                told = _text(story(result, run, look), look)
                raise BrokenError(f"{word(case)}: {headline(case, run)}\n\n{told}")

    def _tell(self, result: Result) -> None:
        """What a report of pytest may show beside the outcome."""
        verdict = result.verdict
        told = {"id": result.id, "verdict": verdict.name, "level": verdict.level, "method": verdict.method}
        self.user_properties.extend((f"verify_spec_{name}", value) for name, value in told.items() if value)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The story instead of a traceback."""
        if isinstance(excinfo.value, BrokenError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the promise stands, and what it is called."""
        from verifier.system.transition import kind_of

        file = self.getparent(SpecFile)
        span = self.prop.heading.span
        source = file.prepared.loaded.sources.get(span.path) if file is not None else None
        line = source.position(span.start).line - 1 if source is not None else None
        return self.path, line, f"{kind_of(self.prop)} {self.name}"


class ProfilesItem(pytest.Item):
    """The profiles beside a file: it passes if their numbers meet the assumptions of the specs."""

    def runtest(self) -> None:
        """Hold them against the assumptions; nothing is settled."""
        from verifier.session.choose import jobs_of
        from verifier.session.session import Request

        file = self.parent
        assert isinstance(file, SpecFile)
        with _any_number_of_digits():
            jobs = jobs_of(file.prepared, Request((str(file.path),)))
            found = (*jobs.diagnostics, *jobs.unmet)
            if found:
                raise BrokenError(_mistakes(found, {**file.prepared.loaded.sources, **jobs.sources}, self))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is wrong instead of a traceback."""
        if isinstance(excinfo.value, BrokenError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file that the profiles stand beside."""
        return self.path, None, f"profiles of {self.path.stem}"


# ---------------------------------------------------------------------------------------------- words


def _mistakes(found: tuple[Diagnostic, ...], sources: Any, node: pytest.Collector | pytest.Item) -> str:
    from verifier.report.diagnostic import diagnostics

    look = _look(node)
    return _text(diagnostics(found, sources, look), look)


def _look(node: pytest.Collector | pytest.Item) -> Look:
    from verifier.report.text import Look

    return Look(max(60, node.config.get_terminal_writer().fullwidth))


def _text(lines: list[Line], look: Look) -> str:
    from verifier.report.text import render

    return render(lines, look).rstrip("\n")


@contextmanager
def _any_number_of_digits() -> Iterator[None]:
    """Numbers of a model may have any number of digits; those of other tests keep Python's limit."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)
