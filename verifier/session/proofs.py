"""Files of proofs: where they are, what is in them, and their text.

`proofs/lending/pool.json` belongs to `spec/lending/pool.vspec`. It says, for each spec of that file, which core system
it is about and what is claimed of it: certificates for the kernel, runs for the interpreter. Nothing in it is believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from verifier.session.files import ENDING
from verifier.session.library import Place
from verifier.system.transition import Responds, System

FORMAT = "verify-spec proofs 1"
JSON = ".json"

Entry = Mapping[str, Any]
"""What a file says of one spec."""

_PART = 12
"""Hexadecimal digits of the digest of one part of a core system: they only tell people what has changed."""


def proofs_of(place: Place, path: Path) -> Path:
    """Where the proofs of a file of specs are: in `proofs/`, as the spec is in `spec/`. Beside a file that is in no
    project."""
    if place.root is None or place.folder != "spec":
        return path.with_suffix(".proofs.json")
    return place.root / "proofs" / f"{place.short}{JSON}"


def spec_of(path: Path) -> Path:
    """The file of specs that a file of proofs belongs to."""
    if path.name.endswith(".proofs.json"):
        return path.with_name(path.name.removesuffix(".proofs.json") + ENDING)
    for folder in path.parents:
        if folder.name == "proofs":
            return (folder.parent / "spec" / path.relative_to(folder)).with_suffix(ENDING)
    return path.with_suffix(ENDING)


def read_proofs(content: bytes) -> Mapping[str, Entry] | str:
    """What a file says, by spec; or why it is none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return "it is not JSON"
    match document:
        case {"format": str(found)} if found != FORMAT:
            return f"it is in the format `{found}`, and this version reads `{FORMAT}`"
        case {"format": _, "specs": dict(specs)} if all(_is_entry(e) for e in specs.values()):
            return specs
        case _:
            return f"it is not in the format `{FORMAT}`"


def _is_entry(data: Any) -> bool:
    match data:
        case {"core": str(), "parts": dict(), "claims": dict(claims), "runs": dict(), "occasions": dict()}:
            return all(isinstance(claim, Mapping) and _is_claim(claim) for claim in claims.values())
        case _:
            return False


def _is_claim(claim: Mapping[str, Any]) -> bool:
    return isinstance(claim.get("kind"), str) and claim.get("level") in ("L3", "L0")


def certified(entry: Entry) -> Mapping[str, Any]:
    """The claims of a spec that bring certificates."""
    return {name: claim for name, claim in entry["claims"].items() if claim["level"] == "L3"}


# ---------------------------------------------------------------------------------------------- what has changed


def parts_of(system: System) -> dict[str, str]:
    """The parts of a core system, by what people call them, each with the beginning of its digest. A deadline is a part
    by itself: its counter, which stands all over the core system, is left out of the others."""
    from verifier.kernel.judge import digest  # most runs have no file of proofs
    from verifier.system.canonical import canonical, deadline_json

    deadlines = [p for p in system.properties if isinstance(p, Responds)]
    others = tuple(p for p in system.properties if not isinstance(p, Responds))
    core = canonical(replace(system, properties=others))
    parts: dict[str, Any] = {
        "the sorts": core["sorts"],
        "the parameters": [core["params"], core["fixed"]],
        "the state": core["states"],
        "the assumptions": core["assumptions"],
        "`init`": core["init"],
        "the order of the actions": [name for name, _, _ in core["actions"]],
    }
    parts |= {f"action `{name}`": [args, body] for name, args, body in core["actions"]}
    parts |= {f"{p['kind']} `{p['name']}`": p for p in core["properties"]}
    parts |= {f"responds `{p.heading.name}`": deadline_json(p) for p in deadlines}
    return {name: digest(part)[:_PART] for name, part in parts.items()}


def changed(entry: Entry, system: System) -> tuple[str, ...]:
    """What is not as it was when the proofs were written."""
    then, now = entry["parts"], parts_of(system)
    return tuple(name for name in dict.fromkeys((*now, *then)) if then.get(name) != now.get(name))


# ---------------------------------------------------------------------------------------------- text


def document(versions: Mapping[str, str], specs: Mapping[str, Entry]) -> str:
    """The text of a file: the same for the same content, with one line for each certificate and each run."""
    head = {"format": FORMAT, "made with": dict(versions)}
    lines = [f" {_pair(key, value)}," for key, value in head.items()]
    return "\n".join(["{", *lines, ' "specs": {', *_joined(specs, _spec), " }", "}", ""])


def _joined(items: Mapping[str, Any], write: Any) -> Iterator[str]:
    """The texts of the members of an object, with commas between them."""
    last = len(items) - 1
    for number, (name, item) in enumerate(items.items()):
        lines = list(write(name, item))
        lines[-1] += "," if number < last else ""
        yield from lines


def _spec(name: str, entry: Entry) -> Iterator[str]:
    nested = ("claims", "runs", "occasions")
    yield f"  {_text(name)}: {{"
    yield from (f"   {_pair(k, v)}," for k, v in entry.items() if k not in nested)
    for key in nested:
        write = _claim if key == "claims" else _run
        yield from (f"   {_text(key)}: {{", *_joined(entry[key], write), "   }," if key != nested[-1] else "   }")
    yield "  }"


def _claim(name: str, claim: Mapping[str, Any]) -> Iterator[str]:
    yield f"    {_text(name)}: {{"
    listed = {k: v for k, v in claim.items() if k != "obligations"}
    obligations = claim.get("obligations")
    lines = [f"     {_pair(k, v)}" for k, v in listed.items()]
    yield from (f"{text}," for text in lines[:-1])
    yield lines[-1] + ("," if obligations is not None else "")
    if obligations is not None:
        yield from ('     "obligations": {', *_joined(obligations, _certificate), "     }")
    yield "    }"


def _certificate(name: str, proof: Any) -> Iterator[str]:
    yield f"      {_pair(name, proof)}"


def _run(name: str, run: Any) -> Iterator[str]:
    yield f"    {_pair(name, run)}"


def _pair(key: str, value: Any) -> str:
    return f"{_text(key)}: {_text(value)}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
