"""The pages of `verify-spec explain` for what is neither an error nor a property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.report.cases import RULES
from verifier.report.diagnostic import message
from verifier.report.json import SCHEMA_VERSION, place_entry
from verifier.report.text import BLANK, Line, Look, Piece, indented, line, plain_text
from verifier.report.words import LEVELS, REACHED
from verifier.session.meant import Market, Part

_WHAT = {
    "assume": "An assumption about the parameters. Every proof of the spec holds for the numbers that meet it, and "
    "says nothing about others; profiles are held against it.",
    "rely": "A restriction of the environment, in this spec only: the action is taken to happen only where the "
    "condition holds. Whether the world keeps to it is not proved.",
    "where": "A demand of the model on a parameter. It is part of every proof, and profiles are held against it.",
    "action": "An action of the model.",
    "spec": "A spec. Each of its promises can be explained by its own name.",
}

TO_DO = {
    "violated": "Mend the model, or the promise. Where the flaw is what the spec is to show, write `expect violated`.",
    "not-violated": "If the flaw has been mended, drop `expect violated`; else the search needs more depth.",
    "unknown": "`verify-spec check` says what could help: a lemma, a case distinction, a smaller promise. Meanwhile it "
    "can be accepted with a reason and a date.",
    "bounded": "As for `unknown`: what was searched is no proof.",
    "vacuous": "Look for assumptions that contradict each other, and for calls that can never succeed.",
    "unmet-assumption": "Change the numbers of the profile, or prove the promises under an assumption that they meet.",
    "skipped": "Give the budget more seconds, or store the proofs once: `verify-spec prove`.",
    "level-too-low": "`verify-spec prove` writes certificates; commit what it writes.",
    "level-fell": "`verify-spec prove` writes the certificates anew after a change; commit what it writes.",
    "weaker": "Get the better outcome back, or take the lesser one over with `verify-spec gate --update-baseline`.",
    "worse": "The acceptance was for something milder. Mend it, or accept it by this rule's name.",
    "changed": "Read what the promise says now; if it is what you want, `verify-spec gate --update-baseline`.",
    "missing": "Bring the promise back; if it is given up on purpose, `verify-spec gate --update-baseline`.",
    "new-assumption": "Ask who guarantees it. If that is answered, `verify-spec gate --update-baseline`.",
    "nothing-promised": "Write a property, or name other files in `specs`.",
    "no-baseline": "`verify-spec gate --update-baseline`, then commit the file.",
    "acceptance-expired": "Mend what was accepted; or accept it anew, with a later date that somebody stands for.",
    "acceptance-unneeded": "Delete the `[[gate.accept]]`.",
    "acceptance-unknown": "Write the id as a report prints it, or delete the `[[gate.accept]]`.",
}
"""What to do about a finding of a rule."""


def rule_page(name: str, look: Look) -> Iterator[Line]:
    """A rule of the gate: what it means, and what to do."""
    title, text = RULES[name]
    columns = min(look.width, 100)
    yield line(Piece(name, "code"), "  ", Piece(f"{title}.", "strong"))
    yield BLANK
    yield from indented(text, "", columns)
    yield BLANK
    yield from indented(TO_DO[name], "", columns)
    yield BLANK
    yield from indented(
        f'To let it pass for a while: a `[[gate.accept]]` with `property`, `rule = "{name}"`, `reason` and `expires`.'
        if not name.startswith(("acceptance-", "no-"))
        else "This can't be accepted.",
        "",
        columns,
        "faint",
    )


NOTICES: dict[str, tuple[str, str]] = {
    "never_runs": (
        "An action can never run",
        "Proved: no state that can be reached meets all that it requires. Look for a `require` that is too strong.",
    ),
    "not_seen_to_run": (
        "An action was not seen to run",
        "No run within the depth and the scope of the search takes it. A scenario that calls it would show it.",
    ),
    "says_nothing": (
        "A property says nothing",
        "It is true whatever the actions do: types and assumptions alone make it so. No mistake could break it.",
    ),
    "part_says_nothing": (
        "A part of a property says nothing",
        "The left side of an implication is never true where a run gets to: the right side is never put to the test.",
    ),
    "says_the_same": ("Two properties say the same", "Each follows from the other: one of the two is enough."),
    "not_needed": (
        "An assumption is not needed",
        "Every proof of the spec goes through without it. Perhaps a promise is missing that it was meant for.",
    ),
    "proof_refused": (
        "A solver's proof is not accepted",
        "With `--second-solver`: Ethos refuses a proof of cvc5, or has no answer. The claim keeps level L1.",
    ),
    "checker_unused": (
        "Ethos can't be used",
        "Its signatures are missing, or it fails on proofs whose outcome is known. So no claim has level L2.",
    ),
}
"""What a notice means in general. None of them is a reason to fail."""


def notice_page(name: str, look: Look) -> Iterator[Line]:
    """A kind of notice."""
    title, text = NOTICES[name]
    yield line(Piece(name, "code"), "  ", Piece(f"{title}.", "strong"))
    yield BLANK
    yield from indented(text, "", min(look.width, 100))
    yield BLANK
    yield from indented("It is worth a look, and no reason to fail.", "", look.width, "faint")


def level_page(name: str, look: Look) -> Iterator[Line]:
    """A level of trust, among the others."""
    yield line(Piece(name, "code"), "  ", Piece(f"{LEVELS[name]}.", "strong"))
    yield BLANK
    yield from indented("How far a proof can be trusted, the least first:", "", min(look.width, 100))
    for level, text in LEVELS.items():
        yield line("  ", Piece(level, "code" if level == name else "plain"), f"  {text}")
    yield BLANK
    yield from indented(REACHED[name], "", min(look.width, 100))


def part_page(part: Part, look: Look) -> Iterator[Line]:
    """A part of a spec or of its model."""
    columns = min(look.width, 100)
    word = "parameter" if part.sort == "where" else part.sort
    spec = f"of {part.system.spec} " if part.sort not in ("spec", "action") else ""
    of = f"  {spec}for {part.system.model}" if part.sort != "action" else f"  of {part.system.model}"
    yield line(Piece(f"{word} {part.name}", "strong"), of)
    source = part.sources.get(part.span.path)
    if source is not None:
        yield line(Piece(f"{plain_text(source.path)}:{source.position(part.span.start).line}", "place"))
    if part.doc:
        yield BLANK
        yield from indented(plain_text(" ".join(part.doc.split())), "", columns)
    if part.text:
        yield BLANK
        yield from indented(plain_text(f"{part.sort} {part.text}"), "  ", columns, "code")
    yield BLANK
    yield from indented(_WHAT[part.sort], "", columns)
    if part.profile:
        yield BLANK
        how = f"break it: {plain_text(part.numbers)} is false" if part.broken and part.numbers else "break it"
        said = how if part.broken else "do not break it"
        role = Piece(f"The numbers of {plain_text(part.profile)} {said}.", "bad" if part.broken else "good")
        yield line(role)
    if part.names:
        yield BLANK
        head = "It promises" if part.sort == "spec" else "Promised under it"
        yield from indented(f"{head}: {', '.join(part.names)}.", "", columns)


def market_page(market: Market, look: Look) -> Iterator[Line]:
    """A profile."""
    columns = min(look.width, 100)
    yield line(Piece(f"profile {plain_text(market.name)}", "strong"), f"  of {market.model}")
    source = market.sources.get(market.span.path)
    if source is not None:
        yield line(Piece(f"{plain_text(source.path)}:{source.position(market.span.start).line}", "place"))
    if market.origin:
        yield from indented(plain_text(market.origin), "", columns, "faint")
    yield BLANK
    widest = max((len(key) for key, _ in market.numbers), default=0)
    for key, value in market.numbers:
        yield line(f"  {plain_text(key).ljust(widest)} = ", Piece(plain_text(value), "code"))
    yield BLANK
    for spec, broken in market.specs:
        if not broken:
            yield from indented(f"{look.glyphs.good} breaks nothing that {plain_text(spec)} assumes", "  ", columns)
        for found in broken:
            yield from indented(f"{look.glyphs.bad} {message(found)}", "  ", columns, "bad")
    path = market.specs[0][0].partition(":")[0]
    yield BLANK
    yield line("With its numbers: ", Piece(f"verify-spec check {path} --profile {plain_text(market.name)}", "code"))


def rule_entry(name: str) -> dict[str, Any]:
    """A rule as a JSON value."""
    title, text = RULES[name]
    return {"schema_version": SCHEMA_VERSION, "rule": name, "title": title, "text": text, "what_to_do": TO_DO[name]}


def notice_entry(name: str) -> dict[str, Any]:
    """A kind of notice as a JSON value."""
    title, text = NOTICES[name]
    return {"schema_version": SCHEMA_VERSION, "notice": name, "title": title, "text": text}


def level_entry(name: str) -> dict[str, Any]:
    """A level as a JSON value."""
    return {"schema_version": SCHEMA_VERSION, "level": name, "text": LEVELS[name]}


def part_entry(part: Part) -> dict[str, Any]:
    """A part of a spec as a JSON value."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": part.id,
        "kind": part.sort,
        "spec": part.system.spec,
        "model": part.system.model,
        "name": part.name,
        "text": part.text or None,
        "doc": part.doc,
        "place": place_entry(part.span, part.sources),
        "properties": list(part.names),
        "profile": part.profile or None,
        "broken": part.broken if part.profile else None,
        "numbers": part.numbers or None,
    }


def market_entry(market: Market) -> dict[str, Any]:
    """A profile as a JSON value; its numbers are exact, as texts."""
    return {
        "schema_version": SCHEMA_VERSION,
        "profile": market.name,
        "model": market.model,
        "source": market.origin or None,
        "numbers": dict(market.numbers),
        "place": place_entry(market.span, market.sources),
        "specs": {spec: [message(d) for d in broken] for spec, broken in market.specs},
    }
