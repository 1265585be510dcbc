"""What several specs share is unneeded only if none of them needs it."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.session.run import Notice
from verifier.system.transition import System


def agreed(notices: Iterable[Notice], systems: Iterable[System]) -> tuple[Notice, ...]:
    """The notices without those that call something of a model unneeded on which not all of its specs agree: one that
    was not looked at may need it as well."""
    told = tuple(notices)
    specs = tuple(s for s in systems if s.spec)
    said = {(n.finding, n.system.path, n.system.spec) for n in told}
    return tuple(
        n
        for n in told
        if n.finding.kind != "not_needed" or all((n.finding, s.path, s.spec) in said for s in specs if _declares(s, n))
    )


def _declares(system: System, notice: Notice) -> bool:
    finding = notice.finding
    named = {(a.kind, a.name, a.span) for a in system.assumptions} | {("rely", r.name, r.span) for r in system.relies}
    return (finding.what, finding.about, finding.span) in named
