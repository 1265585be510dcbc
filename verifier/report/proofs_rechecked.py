"""What `recheck` found, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from verifier.report.diagnostic import diagnostics
from verifier.report.json import diagnostic as diagnostic_json
from verifier.report.json import dump
from verifier.report.text import BLANK, Cell, Line, Look, Piece, Role, line, plain_text, table, width
from verifier.report.words import count
from verifier.session.recheck import Recheck, Rechecked, RecheckedSpec

SCHEMA_VERSION = 1
_ROOM = 40


def rechecked(found: Recheck, look: Look) -> list[Line]:
    """The table of claims, and their sum."""
    if found.diagnostics:
        return diagnostics(found.diagnostics, found.sources, look)
    out: list[Line] = []
    for spec in found.specs:
        out.append(line(Piece(spec.spec, "strong"), Piece(f"  {plain_text(spec.path)}", "faint")))
        out.extend(line("  ", Piece(look.glyphs.bad, "bad"), f" {reason}") for reason in _reasons(spec))
        out.append(BLANK)
        out.extend(columns([_judged(r, look) for r in spec.rows], look, frozenset((4,))))
        out.append(BLANK)
    out.append(line(_total(found)))
    return out


def _reasons(spec: RecheckedSpec) -> Iterator[str]:
    if spec.broken:
        yield f"Refused: {spec.broken}."
    if spec.stale:
        yield f"Refused: the model has changed since: {', '.join(spec.stale)}. What still stands of it is below."


def _judged(row: Rechecked, look: Look) -> tuple[Cell, ...]:
    signs: dict[str, tuple[str, Role]] = {
        "accepted": (look.glyphs.good, "good"),
        "refused": (look.glyphs.bad, "bad"),
        "open": (look.glyphs.open, "warn"),
    }
    sign, role = signs[row.outcome]
    if row.outcome == "accepted":
        what = "run replayed" if row.level == "run" else row.says or count(row.certificates, "certificate")
    else:
        what = row.reason
    return (
        Cell(f"{sign} {row.outcome if row.outcome != 'open' else 'no certificate'}", role),
        Cell(row.name),
        Cell(f"{row.kind}, {row.level}" if row.level != "run" else row.kind, "faint"),
        Cell(what, "plain" if row.outcome == "refused" else "faint"),
        Cell(f"{row.seconds * 1000:.0f} ms", "faint"),
    )


def _total(found: Recheck) -> str:
    rows = [r for s in found.specs for r in s.rows]
    accepted = [r for r in rows if r.outcome == "accepted"]
    certificates = sum(r.certificates for r in accepted)
    parts = [
        f"{count(sum(r.level == 'L3' for r in accepted), 'claim')} accepted ({count(certificates, 'certificate')})",
        f"{count(sum(r.level == 'run' for r in accepted), 'run')} replayed",
        *(f"{n} without a certificate" for n in [sum(r.outcome == "open" for r in rows)] if n),
        *(f"{n} refused" for n in [sum(r.outcome == "refused" for r in rows)] if n),
        *(f"{count(n, 'spec')} refused as a whole" for n in [sum(bool(s.broken or s.stale) for s in found.specs)] if n),
    ]
    return f"{', '.join(parts)}; {found.seconds:.2f} s, no solver."


def rechecked_json(found: Recheck) -> str:
    """The same for machines."""
    return dump({
        "schema_version": SCHEMA_VERSION,
        "exit_status": found.status,
        "specs": [_spec_json(s) for s in found.specs],
        "errors": [diagnostic_json(d, found.sources) for d in found.diagnostics],
        "seconds": round(found.seconds, 3),
    })  # fmt: skip


def _spec_json(spec: RecheckedSpec) -> dict[str, Any]:
    return {
        "file": spec.path,
        "spec": spec.spec,
        "ok": spec.ok,
        "refused": spec.broken or None,
        "changed": list(spec.stale),
        "claims": [
            {
                "name": r.name,
                "kind": r.kind,
                "outcome": r.outcome,
                "level": r.level,
                "reason": r.reason or None,
                "certificates": r.certificates,
                "rests_on": list(r.rests),
                "says": r.says or None,
                "seconds": round(r.seconds, 4),
            }
            for r in spec.rows
        ],
    }


def columns(rows: Sequence[tuple[Cell, ...]], look: Look, right: frozenset[int] = frozenset()) -> list[Line]:
    """Columns as wide as their widest cell; the last text column takes what room is left."""
    if not rows:
        return []
    widest = [max(width(row[i].text) for row in rows) for i in range(len(rows[0]))]
    longest = 3
    rest = sum(w + 2 for i, w in enumerate(widest) if i != longest) + 2
    widest[longest] = min(widest[longest], max(_ROOM, look.width - rest))
    return table(rows, widest, right)
