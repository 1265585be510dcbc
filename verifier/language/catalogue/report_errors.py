"""VS056x and VS057x: reports that are written to files, and states that are read from them."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_REPORTS = (
    Entry(
        code="VS0560",
        title="a report can't be written",
        message="`{path}` can't be written: {reason}.",
        labels={},
        help="Give each report a file of its own, in a folder where you may write. Folders that are missing are made.",
        explanation=(
            "`--json`, `--junit`, `--sarif`, `--html` and `--markdown` take a file, or `-` for standard output; `--itf` takes "
            "a folder. Whether they can be written is tried before anything is settled, so that no run is lost to a "
            "misspelt path."
        ),
        example="verify-spec check lending/pool --property covered --junit pool.vspec/report.xml",
        instead="verify-spec check lending/pool --property covered --junit report.xml",
        kind="command",
    ),
)

ENTRIES: tuple[Entry, ...] = _REPORTS
