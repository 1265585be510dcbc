"""What `prove` wrote."""

from __future__ import annotations

from verifier.report.diagnostic import diagnostics
from verifier.report.proofs_rechecked import columns
from verifier.report.text import BLANK, Cell, Line, Look, Piece, Role, line, plain_text
from verifier.report.words import count
from verifier.session.proving import Proving, Row, Written


def proved(done: Proving, look: Look) -> list[Line]:
    """What has been written, and what has no certificates."""
    out: list[Line] = []
    for written in done.files:
        for spec in written.specs:
            system = spec.system
            head = f"{system.spec} for {system.model}"
            out.append(line(Piece(head, "strong"), Piece(f"  {plain_text(system.path)}", "faint")))
            out.append(BLANK)
            out.extend(columns([_row(r, look) for r in spec.rows], look))
            out.append(BLANK)
        out.append(line(_sum(written)))
        out.append(BLANK)
    out.extend(diagnostics(done.diagnostics, done.sources, look) if done.diagnostics else ())
    return out


def _row(row: Row, look: Look) -> tuple[Cell, ...]:
    role: Role = "good" if row.level == "L3" else "warn" if row.level == "L0" else "faint"
    if row.level == "L3":
        note = row.says or count(row.certificates, "certificate")
    elif row.level == "L0":
        note = "; ".join(f"{at}: {why}" if at else why for at, why in row.lost)
    else:
        note = f"{row.verdict}: run stored" if row.run else row.verdict
    return Cell(row.level or look.glyphs.dot, role), Cell(row.name), Cell(row.kind, "faint"), Cell(note, "faint")


def _sum(written: Written) -> str:
    rows = [r for spec in written.specs for r in spec.rows]
    certificates = sum(r.certificates for r in rows)
    counts = [
        f"{count(sum(r.level == 'L3' for r in rows), 'claim')} with certificates ({certificates} in all)",
        *(f"{n} without" for n in [sum(r.level == "L0" for r in rows)] if n),
        *(f"{n} used again" for n in [sum(s.reused for s in written.specs)] if n),
    ]
    verb = "Wrote" if written.changed else "Nothing new in"
    return f"{verb} {written.path} ({_size(written.size)}): {', '.join(counts)}."


def _size(number: int) -> str:
    return f"{number} bytes" if number < 10_000 else f"{number // 1000} kB"
