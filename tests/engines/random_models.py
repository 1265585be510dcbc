"""Small random protocols, as text: ledgers whose actions and promises are put together from parts that often fit.

Parts that fit make promises that hold; a part too many, too few or turned round makes them fail in ways that are hard
to see. Nothing here knows which is which: that is for the engines and the interpreter to agree on.
"""

from __future__ import annotations

from random import Random

HEAD = """model Random
sort Account
enum Phase { Open, Closed }
enum Choice { None, Yes, No }
param cap  : nat
param rate : ureal
state bal   : Account -> nat
state vault : Account -> ureal
state gain  : Account -> int
state in_   : Account -> bool
state boss  : Account -> Account
state pair  : (Account, Account) -> nat
state tot   : nat
state sum_  : ureal
state cnt   : nat
state idx   : ureal
state last  : int
state owner : Account
state phase : Phase
state vote  : Account -> Choice
state rank  : Account -> nat
init {
  bal := 0  vault := 0  gain := 0  in_ := false  pair := 0  tot := 0  sum_ := 0  cnt := 0  idx := 1  last := 0
  owner := any  phase := Open  vote := None  rank := 1
  for a in Account { boss[a] := a }
}
"""

REQUIRES = (
    "require a != b",
    "require x > 0",
    "require x <= bal[a]",
    "require x <= cap",
    "require y > 0 and y < 1",
    "require y >= 1",
    "require in_[a]",
    "require not in_[a]",
    "require phase == Open",
    "require a == owner",
    "require bal[a] <= bal[b]",
    "require forall c in Account: bal[c] <= cap",
    "require exists c in Account: in_[c]",
    "require sum(bal) + x <= cap",
    "require count(in_[c] for c in Account) < cap",
    "require vault[a] <= y",
    "require k != 0",
    "require tot > 0",
    "require vote[a] == None",
    "require vote[a] != vote[b]",
    "require forall c in Account: phase == Open or vote[c] == None",
    "require forall c in Account: vote[c] != No or rank[c] == 2",
)

STATEMENTS = (
    ("bal[a] += x", "tot += x"),
    ("bal[a] -= x", "tot -= x"),
    ("bal[a] -= x", "bal[b] += x"),
    ("bal[b] += x", "bal[a] -= x"),
    ("let fa = bal[a]", "let fb = bal[b]", "require x <= fa", "bal[a] := fa - x", "bal[b] := fb + x"),
    ("vault[a] += y", "sum_ += y"),
    ("vault[a] -= y", "sum_ -= y"),
    ("for c in Account { vault[c] := vault[c] * y }", "sum_ := sum_ * y"),
    ("for c in Account { vault[c] := vault[c] * y }", "idx := idx * y"),
    ("for c in Account { if in_[c] { vault[c] := vault[c] + y } }", "sum_ += y * cnt"),
    ("for c in Account { gain[c] := gain[c] + bal[c] }", "last += tot"),
    ("for c in Account { bal[c] := bal[c] + pair[a, c] }", "tot += sum(pair[a, c] for c in Account)"),
    ("for c in Account { pair[a, c] := min(pair[a, c] + 1, cap) }",),
    ("if not in_[a] { in_[a] := true  cnt += 1 }",),
    ("if in_[a] { in_[a] := false  cnt -= 1 }",),
    ("in_[a] := true", "cnt += 1"),
    ("in_[a] := false", "cnt -= 1"),
    ("boss[a] := b",),
    ("boss[a] := boss[b]",),
    ("bal[boss[a]] += x", "tot += x"),
    ("bal[owner] += x", "tot += x"),
    ("owner := a",),
    ("phase := Closed",),
    ("last := floor(x / k)",),
    ("require k != 0", "last := floor(last / k)"),
    ("require k > 0", "let q = floor(bal[a] * x / k)", "gain[a] := q"),
    ("let m = any int where m >= last and m <= last + x", "last := m"),
    ("bal[a] := floor(bal[a] / 2) + ceil(bal[a] / 2)",),
    ("pair[a, b] += x", "bal[b] += x", "tot += x"),
    ("gain[a] := max(gain[a], last)",),
    ("last := max(gain)",),
    ("idx := idx + y",),
    ("idx := idx * max(y, 1)",),
    ("vote[a] := Yes",),
    ("require vote[a] == None", "vote[a] := No", "cnt += 1"),
    ("vote[a] := match vote[b] { None => Yes, Yes => No, No => Yes }",),
    ("rank[a] := match vote[a] { None => 1, Yes => 1, No => 2 }",),
    ("rank[a] := if rank[a] == 1 then 2 else 1",),
    ("for c in Account { if vote[c] == None { vote[c] := Yes } }",),
)

INVARIANTS = (
    "tot == sum(bal)",
    "tot >= sum(bal)",
    "sum_ == sum(vault)",
    "sum_ >= sum(vault)",
    "cnt == count(in_[a] for a in Account)",
    "cnt >= count(in_[a] for a in Account)",
    "cnt > 0 implies exists a in Account: in_[a]",
    "forall a in Account: bal[a] <= tot",
    "forall a in Account: bal[a] <= cap",
    "forall a, b in Account: a != b implies bal[a] + bal[b] <= tot",
    "sum(bal) <= cap",
    "count(in_[a] for a in Account) <= cap",
    "forall a in Account: in_[a] implies bal[a] >= 0",
    "forall a in Account: not in_[a] implies vault[a] == 0",
    "forall a in Account: boss[a] == a",
    "forall a in Account: boss[boss[a]] == boss[a]",
    "forall a in Account: exists b in Account: boss[a] == b and bal[b] <= tot",
    "exists a in Account: boss[a] == a",
    "idx >= 1",
    "idx > 0",
    "last >= 0",
    "forall a in Account: gain[a] >= 0",
    "forall a in Account: gain[a] <= last",
    "sum(gain) <= last * count(true for a in Account)",
    "sum(bal[a] for a in Account if in_[a]) <= tot",
    "sum(bal[a] ^ 2 for a in Account) <= tot ^ 2",
    "sum(bal[boss[a]] for a in Account) == tot",
    "sum(pair) <= tot",
    "forall a in Account: sum(pair[b, a] for b in Account) <= bal[a]",
    "phase == Open or tot == 0",
    "vault[owner] <= sum_",
    "max(bal) <= tot",
    "sum(vault) >= max(vault)",
    "sum(floor(vault[a]) for a in Account) <= sum_",
    "sum(if in_[a] then bal[a] else 0 for a in Account) <= sum(bal)",
    "forall a in Account: pair[a, a] == 0",
    "forall a in Account: rank[a] == 1 or rank[a] == 2",
    "forall a in Account: vote[a] == None or vote[a] == Yes",
    "forall a in Account: phase == Closed or vote[a] == None or in_[a]",
    "forall a in Account: match vote[a] { None => true, Yes => rank[a] == 1, No => rank[a] == 2 }",
    "count(vote[a] == Yes for a in Account) + count(vote[a] == No for a in Account) <= count(true for a in Account)",
    "count(rank[a] == 1 for a in Account) == 0 or count(rank[a] == 2 for a in Account) == 0",
    "count(rank[a] == 1 for a in Account) + count(rank[a] == 2 for a in Account) == count(true for a in Account)",
    "count(vote[a] == No for a in Account) == 0 or cnt > 0",
    "sum(bal[a] for a in Account if vote[a] == Yes) + sum(bal[a] for a in Account if vote[a] == No) <= tot",
    "sum(bal[a] for a in Account if vote[a] == Yes and in_[a]) <= sum(bal[a] for a in Account if in_[a])",
)

STEPS = (
    "tot >= old(tot)",
    "idx >= old(idx)",
    "sum(bal) == old(sum(bal)) or tot != old(tot)",
    "forall a in Account: bal[a] >= old(bal[a]) or action == go",
    "owner == old(owner)",
    "phase == old(phase) or old(phase) == Open",
    "count(in_[a] for a in Account) <= old(count(in_[a] for a in Account)) + 1",
    "forall a in Account: in_[a] != old(in_[a]) implies bal[a] == old(bal[a])",
    "sum(vault) * old(idx) == old(sum(vault)) * idx or action == go",
    "last - old(last) <= tot",
)

CHECKS = (
    "tot == tot_before",
    "tot >= tot_before",
    "sum(bal) == all_before",
    "bal[a] == bal_before",
    "bal[b] >= bal_before or a != b",
    "sum(bal) - all_before == tot - tot_before",
    "forall c in Account: c != a and c != b implies bal[c] <= all_before",
    "sum(bal[c] for c in Account if c != a) <= all_before + x",
    "idx * (y + 1) > 0 or idx == 0",
    "in_[a] or not in_[b] or cnt >= 0",
)

ARGUMENTS = "a: Account, b: Account, x: nat, y: ureal, k: int"


def random_model(rng: Random) -> str:
    """A model with two or three actions and a spec with promises of every kind."""
    names = ("go", "move", "turn")[: rng.choice((2, 2, 3))]
    actions = "".join(f"action {name}({ARGUMENTS}) {{\n{_body(rng)}}}\n" for name in names)
    claims = [f"invariant i{i} : {f}" for i, f in enumerate(rng.sample(INVARIANTS, 6))]
    claims += [f"step s{i} : {f}" for i, f in enumerate(rng.sample(STEPS, 2))]
    claims += [_rule(rng, names), f"enabled e0 : {rng.choice(names)}(a, b, _, _, _) when {_when(rng)}"]
    claims.append(f"reachable r0 : {rng.choice(INVARIANTS)}")
    return f"{HEAD}{actions}\nspec RandomSpec for Random\n" + "\n".join(claims) + "\n"


def _body(rng: Random) -> str:
    lines = [f"  {r}\n" for r in rng.sample(REQUIRES, rng.choice((0, 1, 1, 2)))]
    for statements in rng.sample(STATEMENTS, rng.choice((1, 1, 2))):
        kept = list(statements)
        if rng.random() < 0.15 and len(kept) > 1 and not kept[0].startswith("let"):
            kept.pop(rng.randrange(len(kept)))
        lines += [f"  {s}\n" for s in kept]
    if rng.random() < 0.2:
        lines.append(f"  {rng.choice(REQUIRES)}\n")
    text, seen = "".join(lines), set()
    for name in ("fa", "fb", "q", "m"):
        seen.add(text.count(f"let {name} "))
    return text if max(seen) <= 1 else "".join(lines[:2]) if "let" not in lines[1] else lines[0]


def _rule(rng: Random, names: tuple[str, ...]) -> str:
    calls = "  ".join(f"{rng.choice(names)}({', '.join(rng.choice(_TURNS))})" for _ in range(rng.choice((1, 1, 2))))
    return (
        f"rule r1({ARGUMENTS}) {{ let tot_before = tot  let all_before = sum(bal)  let bal_before = bal[a]  {calls}  "
        f"check {rng.choice(CHECKS)} }}"
    )


_TURNS = (
    ("a", "b", "x", "y", "k"),
    ("b", "a", "x", "y", "k"),
    ("a", "a", "x", "y", "k"),
    ("owner", "b", "x", "y", "k"),
)


def _when(rng: Random) -> str:
    return rng.choice(
        ("in_[a]", "tot > 0 and bal[a] > 0", "a != b", "a == owner", "bal[a] > 0 and phase == Open", "true")
    )
