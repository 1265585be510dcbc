"""Small random models of members within members: loops over two keys, sums within loops and within sums, members in
`let`, whole maps that are chosen. What they promise is mostly false: they are for walks, not for proofs."""

from __future__ import annotations

from random import Random

HEAD = """model Nested
sort Account
sort Feed of 3
sort Item
param cap  : nat
param lim  : Account -> nat
state bal   : Account -> nat
state w     : Account -> ureal
state in_   : Account -> bool
state boss  : Account -> Account
state pair  : (Account, Account) -> nat
state mate  : (Account, Account) -> nat
state hold  : (Account, Item) -> nat
state kept  : (Account, Item) -> nat
state keep  : Item -> Account
state cost  : Item -> ureal
state grid  : (Account, Feed) -> int
state head  : Feed -> Account
state best  : Account -> Feed
state tot   : int
state owner : Account
init { bal := any where forall c in Account: bal[c] <= cap  w := 0  in_ := any where exists c in Account: in_[c]
  pair := any where forall c, d in Account: pair[c, d] + pair[d, c] <= cap
  mate := 0 grid := any where true best := any where true  tot := 0 owner := any where in_[owner]
  head := any where forall f in Feed: exists c in Account: head[f] == c and c != owner or head[f] == owner
  for c in Account { boss[c] := if in_[c] then c else owner }
  keep := any where forall i in Item: in_[keep[i]]  cost := 1  hold := any where forall c in Account, i in Item: hold[c, i] <= cap
  kept := 0
  for c in Account { for i in Item { kept[c, i] := sum(pair[c, e] * hold[e, i] for e in Account) } }
}
"""

REQUIRES = (
    "require a != b",
    "require forall i in Item: keep[i] != a or exists c in Account: hold[c, i] > 0 and c != b",
    "require boss[a] == b",
    "require boss[boss[a]] == a",
    "require in_[owner]",
    "require forall c in Account: exists d in Account: pair[c, d] >= bal[c] or c == d or in_[c]",
    "require exists c in Account: forall d in Account: pair[c, d] <= mate[d, c] or d == a",
    "require sum(sum(pair[c, d] for d in Account if d != c) for c in Account if c != a) <= cap",
    "require head[best[a]] == b",
    "require max(bal) <= cap",
    "require bal[a] == max(bal[c] for c in Account if c != b or c == a)",
    "require forall f in Feed: head[f] != a",
    "require count(boss[c] == a for c in Account) <= x",
    "require sum(bal[c] / max(1, bal[c]) for c in Account) >= 1",
    "require forall c in Account: floor(bal[c] / 2) <= tot",
    "require forall c in Account: bal[c] <= sum(pair[c, d] for d in Account)",
    "require exists c in Account: bal[c] == max(bal)",
)

STATEMENTS = (
    "for c in Account { for i in Item { kept[c, i] := hold[keep[i], i] + bal[c] } }",
    "for c in Account { mate[c, a] := sum(pair[c, d] * bal[d] for d in Account) }",
    "for c in Account { mate[a, c] := sum(pair[d, c] for d in Account if d != a and d != c) }",
    "for i in Item { for c in Account { if keep[i] != c { kept[c, i] := sum(pair[c, e] * hold[e, i] for e in Account if e != c) } } }",
    "for i in Item { for c in Account { let t = sum(sum(hold[e, j] for j in Item if j != i) for e in Account if e != c)  kept[c, i] := t } }",
    "for c in Account { for i in Item { if exists e in Account: hold[e, i] > hold[c, i] and e != keep[i] { kept[c, i] := max(hold[e, i] for e in Account) } } }",
    "for i in Item { keep[i] := if in_[keep[i]] then keep[i] else a  cost[i] := sum(hold[e, i] for e in Account if e != a) }",
    "for i in Item { let k = keep[i]  for c in Account { let n = sum(hold[k, j] for j in Item if j != i)  kept[c, i] := if c == k then n else 0 } }",
    "for c in Account { let m = sum(pair[c, d] for d in Account if d != a)  bal[c] := m }",
    "for c in Account { let m = boss[c]  w[c] := pair[m, c] + pair[c, m] }",
    "for c in Account { let m = boss[c]  let n = sum(pair[m, d] for d in Account if d != c)  mate[c, m] := n }",
    "for c in Account { bal[c] := max(pair[c, d] for d in Account) }",
    "for c in Account { in_[c] := exists d in Account: pair[c, d] > bal[d] and d != c }",
    "for c in Account { in_[c] := forall d in Account: exists e in Account: pair[d, e] <= bal[c] or e == c }",
    "for f in Feed { for c in Account { grid[c, f] := bal[c] - tot } }",
    "for c in Account { for f in Feed { grid[c, f] := if head[f] == c then bal[c] else grid[c, f] } }",
    "for f in Feed { head[f] := a }",
    "for f in Feed { if head[f] == a { head[f] := boss[b] } }",
    "let f = best[a]  grid[a, f] := grid[a, f] + x  head[f] := b",
    "for c in Account { grid[c, best[c]] := bal[c] }",
    "for c in Account { mate[boss[c], c] := x }",
    "for c in Account { mate[c, boss[c]] := bal[boss[c]] }",
    "let who = boss[a]  pair[who, b] += x  bal[who] += x",
    "for c in Account { if in_[c] { boss[c] := a } }",
    "for c in Account { if bal[c] > 0 { let m = bal[c]  if boss[c] == a { bal[c] := m - 1 } else { w[c] := m } } }",
    "for c in Account { let s = count(bal[d] < bal[c] for d in Account)  w[c] := s }",
    "for c in Account { require pair[c, a] <= cap  bal[c] := bal[c] + pair[a, c] }",
    "for c in Account { for i in Item { require hold[c, i] <= x or keep[i] == c  kept[c, i] := min(hold[c, i], hold[keep[i], i]) } }",
    "let s = sum(pair)  let m = max(bal)  for c in Account { mate[a, c] := s + m }  tot := tot + s",
    "tot := sum(mate[a, c] for c in Account) - sum(pair[c, a] for c in Account)",
    "tot := sum(bal[c] * bal[d] for c, d in Account if c != d)",
    "owner := boss[owner]",
    "boss[a] := owner  bal[boss[a]] += x",
    "for c in Account { w[c] := sum(sum(pair[d, e] * pair[c, d] for e in Account if e != c) for d in Account if d != c) }",
    "for c in Account { w[c] := bal[c] / max(1, sum(bal[d] for d in Account if d != c)) }",
    "for c in Account { bal[c] := floor(bal[c] * lim[c] / 2) }",
    "best[a] := best[b]  head[best[a]] := owner",
)

INVARIANTS = (
    "sum(bal) <= cap",
    "forall a in Account, i in Item: kept[a, i] <= sum(hold[b, i] for b in Account)",
    "forall i in Item: hold[keep[i], i] >= max(kept[b, i] for b in Account if b != keep[i] or b == keep[i])",
    "sum(hold[a, i] * cost[i] for a in Account, i in Item if keep[i] != a) <= sum(sum(kept[a, i] for i in Item) for a in Account)",
    "exists i in Item: forall a in Account: hold[a, i] <= kept[a, i] or keep[i] == a",
    "sum(cost[i] * bal[keep[i]] for i in Item) <= sum(kept)",
    "sum(pair[a, b] * bal[a] for a, b in Account if a != b) <= cap",
    "forall a in Account: sum(pair[a, b] for b in Account if b != a) <= sum(mate[b, a] for b in Account)",
    "forall a, b in Account: a != b implies pair[a, b] == mate[b, a]",
    "forall a in Account: exists b in Account: boss[b] == a or in_[a] and pair[a, b] <= cap",
    "exists a in Account: forall b in Account: pair[a, b] <= bal[b] or b == owner",
    "forall a in Account: bal[a] <= max(pair[a, b] for b in Account)",
    "max(sum(pair[a, b] for b in Account) for a in Account) >= max(bal)",
    "sum(max(pair[a, b] for b in Account) for a in Account) <= sum(pair)",
    "count(exists b in Account: boss[a] == b and b != a for a in Account) <= count(in_[a] for a in Account)",
    "forall f in Feed: in_[head[f]]",
    "forall a in Account: bal[head[best[a]]] >= 0 and grid[a, best[a]] >= 0",
    "sum(grid) >= tot",
    "sum(w) <= sum(bal)",
    "forall a in Account: w[a] * bal[a] <= cap",
    "sum(sum(pair[a, b] * pair[b, a] for b in Account) for a in Account) == sum(mate[a, a] for a in Account)",
    "forall a in Account: mate[a, boss[a]] == bal[a] or in_[boss[a]]",
    "forall a in Account: count(bal[b] <= bal[a] for b in Account) >= 1",
    "sum(1 / max(1, bal[a]) for a in Account) <= count(true for a in Account)",
    "max(bal[a] for a in Account if forall b in Account: bal[b] <= bal[a]) == max(bal)",
    "forall a in Account: (exists b in Account: pair[a, b] > 0) implies (exists c in Account: mate[c, a] > 0)",
    "sum(if boss[a] == owner then floor(bal[a] / 3) else w[a] for a in Account) <= sum(bal)",
)

CALLS = ("a, b, x", "b, a, x", "boss[a], a, x", "a, a, x", "owner, b, x + 1")
ARGUMENTS = "a: Account, b: Account, x: nat"


def nested_model(rng: Random) -> str:
    """A model with two or three actions, and a spec with invariants, steps, rules and an `enabled`."""
    names = ("go", "move", "turn")[: rng.choice((2, 3))]
    actions = "".join(f"action {name}({ARGUMENTS}) {{\n{_body(rng)}\n}}\n" for name in names)
    claims = [f"invariant i{i} : {f}" for i, f in enumerate(rng.sample(INVARIANTS, 6))]
    claims += [f"step s{i} : ({f}) or old({f})" for i, f in enumerate(rng.sample(INVARIANTS, 2))]
    calls = [f"{rng.choice(names)}({rng.choice(CALLS)})" for _ in range(3)]
    claims.append(
        f"rule r0({ARGUMENTS}) {{ let m = boss[a]  let before = sum(pair[m, c] for c in Account)  {calls[0]}  {calls[1]}  "
        "check sum(pair[m, c] for c in Account) == before or boss[m] == m }"
    )
    claims.append(
        f"rule r1({ARGUMENTS}) {{ compare {{ {calls[0]}  {calls[1]} }} with {{ {calls[2]} }}  "
        "check forall c in Account: first.bal[c] == second.bal[c] or first.boss[c] != second.boss[c] }"
    )
    claims.append(f"enabled e0 : {rng.choice(names)}(a, b, _) when boss[a] == b or bal[a] <= cap")
    return f"{HEAD}{actions}\nspec NestedSpec for Nested\n" + "\n".join(claims) + "\n"


def _body(rng: Random) -> str:
    """Statements whose names do not clash."""
    lines = rng.sample(REQUIRES, rng.choice((0, 1, 1, 2))) + rng.sample(STATEMENTS, rng.choice((1, 1, 2)))
    text = "\n".join(f"  {line}" for line in lines)
    return text if max(text.count(f"\n  let {name} ") for name in "fs") <= 1 else f"  {lines[0]}"
