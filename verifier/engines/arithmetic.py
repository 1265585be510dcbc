"""Certificates as arithmetic that a person can follow: which facts, times what, add up to a contradiction.

A proof is looked for as for a file of certificates, in a process of its own that can be stopped, and walked down with
the kernel's own steps; so what is told is what the kernel checks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from fractions import Fraction
from pathlib import Path
from typing import Any, final

from verifier.engines.grounds import Arithmetic, ArithmeticLine
from verifier.engines.reasons import EVERYWHERE, Fact
from verifier.kernel.check import Place, check
from verifier.kernel.core import Core, read_core
from verifier.kernel.facts import arithmetic
from verifier.kernel.formulas import FALSE, Formula, Refused
from verifier.kernel.judge import known_from, proofs_due
from verifier.language.frozen import dataclass
from verifier.system.canonical import canonical, term_json
from verifier.system.transition import Property, System

SECONDS = 20.0
"""Wall time for all proofs of one property; what takes longer is not told."""

_YES = ["const", True, "bool"]


def arithmetic_of(
    system: System, prop: Property, facts: Sequence[Fact], *, follows: bool = False
) -> tuple[Arithmetic, ...]:
    """The proofs of a property from facts that are proved, one for each of its parts. A part for which none was found
    in time has no lines, and says so. An invariant that `follows` is implied by the facts, step or no step."""
    core_json = json.loads(json.dumps(canonical(system)))
    core = read_core(core_json)
    name = prop.heading.name
    claim = core.properties.get(name)
    if claim is None:
        return ()
    lemmas = [f for f in facts if f.kind == "lemma"]
    labels = {f"lemma {number}": f for number, f in enumerate(lemmas, start=1)}
    claims: dict[str, Any] = {f.name: core.properties[f.name] for f in facts if f.name in core.properties}
    for label, lemma in labels.items():
        claims[label] = {"kind": "invariant", "name": label, "formula": term_json(lemma.formula), "defined": _YES}
    known = known_from(json.loads(json.dumps(claims)))
    if follows:
        claim, known = {**claim, "kind": "follows"}, {n: f for n, f in known.items() if n != name}
    due = proofs_due(core, name, claim, known)
    found = _searched(core_json, name, claim, known, tuple(due))
    out: list[Arithmetic] = []
    for part, obligation in due.items():
        proof = found.get(part, {}).get("proof")
        if proof is None:
            out.append(Arithmetic(_where(part), (), found.get(part, {}).get("lost", "no proof was found in time")))
            continue
        check(core, obligation, proof)
        place = Place(core, obligation, proof["atoms"], proof.get("witness", {}))
        teller = _Teller(system, core, name, {label: f.text for label, f in labels.items()})
        out.append(Arithmetic(_where(part), tuple(teller.tell(place, proof["tree"], 0))))
    return tuple(out)


def _where(part: str) -> str:
    return {"init": "start", "here": EVERYWHERE}.get(part, part)


def _searched(
    core: Mapping[str, Any], name: str, claim: Mapping[str, Any], known: Mapping[str, Any], parts: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """What the search says of each part, as far as it came before the time was up."""
    late = time.monotonic() + SECONDS
    task = {"name": name, "claim": claim, "known": known, "witness": {}, "seconds": SECONDS}
    tasks = [task | {"obligation": part} for part in parts]
    texts = [f"{json.dumps(core)}\n{json.dumps(task)}\n" for task in tasks]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        answers = pool.map(lambda text: _asked(text, late), texts)
        return dict(zip(parts, answers, strict=True))


def _asked(text: str, late: float) -> Mapping[str, Any]:
    """`{"proof": …}` or `{"lost": reason}`."""
    left = late - time.monotonic()
    package = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    if left <= 0:
        return {}
    try:
        told = subprocess.run(
            [sys.executable, "-m", "verifier.engines.certify.worker"],
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=left,
            check=False,
            env={**os.environ, "PYTHONPATH": paths},
        ).stdout
    except subprocess.TimeoutExpired:
        return {}
    return json.loads(told) if told.endswith("\n") else {}


# ---------------------------------------------------------------------------------------------- walking down


@final
@dataclass(frozen=True, slots=True)
class _Teller:
    """Walks a proof of one claim, and tells it."""

    system: System
    core: Core
    name: str
    lemmas: Mapping[str, str]
    stars: dict[str, str] = field(default_factory=dict)
    """What members outside the classes are called."""

    def tell(self, place: Place, tree: Any, depth: int) -> Iterator[ArithmeticLine]:
        """The lines of a proof, from a place in it."""
        match tree:
            case ["close", products, equations]:
                yield from self._sum(place, products, equations, depth)
            case ["split", literal, yes, no]:
                chosen = place.facts.reader.formula(literal)
                for text, side, below in zip(("If", "Else"), place.split(chosen), (yes, no), strict=True):
                    yield ArithmeticLine(depth, f"{text} `{self._formula(side, side.cases[-1])}`:")
                    yield from self.tell(side, below, depth + 1)
            case ["cases", ref, proofs]:
                yield from self._cases(place, ref, proofs, depth)
            case ["take", ref, below]:
                yield from self.tell(place.take(ref), below, depth)
            case ["rule", ref, monomial, below]:
                fact = self._formula(place, place.facts.closed(ref))
                yield ArithmeticLine(depth, f"Put in `{fact}` ({self._label(ref)}).")
                atoms = tuple(sorted(map(place.facts.atom, monomial)))
                yield from self.tell(place.rule(ref, atoms), below, depth)
            case ["member", index, proofs]:
                yield from self._members(place, index, proofs, depth)
            case ["witness", ref, below]:
                there = place.witness_of(ref)
                who = self._new_member(place, there)
                head = (
                    f"Suppose that it fails for {who}" if ref == "goal" else f"Say that it is so for another one, {who}"
                )
                yield ArithmeticLine(depth, f"{head}: `{self._formula(there, there.cases[-1])}`.")
                yield from self.tell(there, below, depth + 1)
            case _:
                raise Refused("not a step of a proof")

    def _cases(self, place: Place, ref: Any, proofs: Sequence[Any], depth: int) -> Iterator[ArithmeticLine]:
        sides = place.alternatives(ref)
        several = len(sides) > 1
        for number, (side, below) in enumerate(zip(sides, proofs, strict=True)):
            text = self._formula(side, side.cases[-1])
            if ref == "goal":
                head = f"{'Or suppose' if number else 'Suppose'} that it fails: `{text}`."
            else:
                head = f"{'Or' if number else 'Either' if several else 'Then'} `{text}` ({self._label(ref)})."
            yield ArithmeticLine(depth, head)
            yield from self.tell(side, below, depth + 1)

    def _members(self, place: Place, index: int, proofs: Sequence[Any], depth: int) -> Iterator[ArithmeticLine]:
        member = place.facts.reader.value(index)
        sides, atom = place.member(member), member[1]
        for side, below in zip(sides, proofs, strict=True):
            who = self._key(side, side.members[atom])
            sort = side.members[atom].partition("#")[0]
            head = f"Let `{self._atom(place, atom)}` be {who}, a member of {sort}."
            yield ArithmeticLine(depth, head)
            yield from self.tell(side, below, depth if len(sides) == 1 else depth + 1)

    def _new_member(self, before: Place, after: Place) -> str:
        for sort, count in after.classes.items():
            if count > before.classes.get(sort, 0):
                return self._key(after, f"{sort}#{count - 1}")
        return "it"

    # ------------------------------------------------------------------------------------------ sums

    def _sum(
        self, place: Place, products: Sequence[Any], equations: Sequence[Any], depth: int
    ) -> Iterator[ArithmeticLine]:
        """Each fact with its factor, and what they add up to."""
        if not equations and all(place.facts.closed(r) == FALSE for _, refs in products for r in refs):
            label = self._labels([r for _, refs in products for r in refs])
            text = "That contradicts itself." if label in _SUPPOSED else f"That is excluded ({label})."
            yield ArithmeticLine(depth, text, "total")
            return
        strict = False
        for factor, refs in products:
            facts = [place.facts.closed(r) for r in refs]
            strict |= all(kind == "gt" for kind, _ in map(arithmetic, facts))
            shown = " × ".join(f"({self._formula(place, f)})" for f in facts)
            yield ArithmeticLine(depth, f"{_factor(factor)}{shown}", "sum", self._labels(refs))
        for data, ref in equations:
            poly = place.facts.reader.poly(data)
            shown = f"({self._poly(place, poly)}) × ({self._formula(place, place.facts.closed(ref))})"
            yield ArithmeticLine(depth, shown, "sum", self._labels([ref]))
        yield ArithmeticLine(depth, self._total(place, products, equations, strict=strict), "total")

    def _total(self, place: Place, products: Sequence[Any], equations: Sequence[Any], *, strict: bool) -> str:
        algebra = place.facts.evaluator.algebra
        total = Fraction(0)
        for factor, refs in products:
            polys = [arithmetic(place.facts.closed(r))[1] for r in refs]
            total += Fraction(factor) * Fraction(algebra.times(*polys).get((), 0))
        for data, ref in equations:
            poly = place.facts.reader.poly(data)
            total += Fraction(algebra.times(poly, arithmetic(place.facts.closed(ref))[1]).get((), 0))
        return f"Together: `{total} {'>' if strict else '>='} 0`, which is false."

    def _labels(self, refs: Sequence[Any]) -> str:
        return ", ".join(dict.fromkeys(self._label(r) for r in refs))

    def _label(self, ref: Any) -> str:
        """Where a fact comes from."""
        match ref:
            case str():
                return self._named(ref)
            case ["case", _]:
                return "supposed"
            case ["part" | "guard" | "open", inner, *_]:
                return self._label(inner)
            case ["def", *_]:
                return "what it means"
            case ["range", *_]:
                return "by its type"
            case ["lift", _, refs]:
                return f"{self._labels(refs)}, summed over all others"
            case ["square", _]:
                return "a square"
            case _:
                return "given"

    def _named(self, label: str) -> str:
        kind, _, rest = label.partition(" ")
        match kind:
            case "goal":
                return "supposed to fail"
            case "known":
                if rest in self.lemmas:
                    return "the lemma" if len(self.lemmas) == 1 else rest
                return "held before" if rest == self.name else f"invariant {rest}"
            case "assume":
                return rest.partition(":")[2] or rest
            case "need":
                return "required"
            case _:
                return "shown before"

    # ------------------------------------------------------------------------------------------ formulas

    def _formula(self, place: Place, formula: Formula) -> str:
        match formula:
            case ("ge" | "gt" | "eq" | "ne" as kind, terms):
                return self._comparison(place, kind, dict(terms))
            case ("is", atom, value):
                text = self._atom(place, atom)
                return text if value else f"not {text}"
            case ("and" | "or" as kind, parts):
                return f" {kind} ".join(
                    f"({t})" if p[0] in ("and", "or") else t for p in parts for t in (self._formula(place, p),)
                )
            case ("all", star, _, body):
                return f"{self._formula(place, body)} for every other {self._star(star)}"
            case ("some", star, _, body):
                return f"{self._formula(place, body)} for some other {self._star(star)}"
            case ("true" | "false" as constant,):
                return str(constant)
            case _:
                return str(formula[0])

    def _comparison(self, place: Place, kind: str, poly: Mapping[Any, Any]) -> str:
        """With everything on the side where it is added."""
        left = {m: c for m, c in poly.items() if c > 0}
        right = {m: -c for m, c in poly.items() if c < 0}
        sign = {"ge": ">=", "gt": ">", "eq": "==", "ne": "!="}[kind]
        if not left or (set(left) == {()} and right):
            left, right = right, left
            sign = {">=": "<=", ">": "<"}.get(sign, sign)
        return f"{self._poly(place, left)} {sign} {self._poly(place, right)}"

    def _poly(self, place: Place, poly: Mapping[Any, Any]) -> str:
        terms: list[str] = []
        for monomial, coefficient in sorted(poly.items(), key=lambda item: (-len(item[0]), item[0])):
            text = self._term(place, monomial, abs(Fraction(coefficient)))
            if coefficient < 0:
                terms.append(f"- {text}" if terms else f"-{text}")
            else:
                terms.append(f"+ {text}" if terms else text)
        return " ".join(terms) or "0"

    def _term(self, place: Place, monomial: Sequence[int], coefficient: Fraction) -> str:
        above, below = [], []
        for atom in dict.fromkeys(monomial):
            power = sum(1 for a in monomial if a == atom)
            shape = place.atoms.shapes[atom]
            if shape[0] == "inverse":
                text = self._poly(place, dict(shape[1]))
                text = f"({text})" if len(shape[1]) > 1 or " " in text else text
                below.append(text if power == 1 else f"{text} ^ {power}")
            else:
                text = self._atom(place, atom)
                above.append(text if power == 1 else f"{text} ^ {power}")
        if coefficient != 1 or not above:
            number = str(coefficient)
            above.insert(0, f"({number})" if "/" in number and (above or below) else number)
        return " / ".join([" * ".join(above), *below])

    def _atom(self, place: Place, atom: int) -> str:
        match place.atoms.shapes[atom]:
            case ("read", version, name, keys):
                text = self._read(place, name, keys)
                return text if version == "before" else f"new {text}"
            case ("param", name, keys):
                return self._read(place, name, keys)
            case ("local", name, call):
                return str(name).partition("'")[0] + ("" if not call else f"_{call + 1}")
            case ("same", left, right):
                return f"{self._key(place, left)} == {self._key(place, right)}"
            case ("inverse", terms):
                return f"1 / ({self._poly(place, dict(terms))})"
            case ("floor", terms):
                return f"floor({self._poly(place, dict(terms))})"
            case ("if", literal):
                return f"[{self._formula(place, literal)}]"
            case ("sum", binders, monomial):
                inner = self._term(place, monomial, Fraction(1))
                names = ", ".join(self._star(star) for star, _ in binders)
                return f"sum({inner} for every other {names})"
            case ("greatest", *_):
                return "max(…)"
            case ("least", *_):
                return "min(…)"
            case shape:
                return f"{shape[0]}"

    def _read(self, place: Place, name: str, keys: Sequence[Any]) -> str:
        if not keys:
            return str(name)
        variable = next(v for v in (*self.system.states, *self.system.params) if v.name == name)
        listed = ", ".join(self._key(place, k, ty.name) for k, ty in zip(keys, variable.keys, strict=True))
        base, dot, rest = name.partition(".")
        return f"{base}[{listed}]{dot}{rest}"

    def _key(self, place: Place, key: Any, sort: str = "") -> str:
        match key:
            case int():
                members = next((s.members for s in self.system.sorts if s.name == sort), ())
                return members[key] if key < len(members) else f"{sort.lower()}_{key + 1}"
            case ("member", atom):
                return self._atom(place, atom)
            case str() if key.startswith("*"):
                return self._star(key)
            case _:
                name, _, number = str(key).partition("#")
                first = next((s.name for s in self.system.sorts if not s.members), "")
                index = int(number or 0)
                return "ABCDEFGH"[index] if name == first and index < 8 else f"{name.lower()}_{index + 1}"

    def _star(self, star: str) -> str:
        if star not in self.stars:
            self.stars[star] = "xyzuvw"[len(self.stars) % 6]
        return self.stars[star]


_SUPPOSED = ("supposed", "supposed to fail")


def _factor(text: str) -> str:
    return "" if text == "1" else f"{text} × "
