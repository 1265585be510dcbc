"""The balance sheet of a run: what each member has and owes more or less than before, at the model's own prices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import final

from verifier.language.frozen import dataclass
from verifier.report.html.views import Account, Balance, Holding, Tone
from verifier.report.story import ends, is_holding
from verifier.report.values import entry_name
from verifier.system.execute import Interpreter
from verifier.system.holdings import PROTOCOL, Gain, derived, gains
from verifier.system.numbers import readable
from verifier.system.terms import Ty, Value
from verifier.system.trace import Counterexample, Scope, Valuation
from verifier.system.transition import System, Variable
from verifier.system.values import entries, with_enums

_OWED = re.compile(r"debt|owe[ds]?|borrow|loan|liabilit|bad_?debt|deficit|(?<![a-z])art(?![a-z])", re.IGNORECASE)
"""Names of what somebody owes. A model doesn't say which of its books are debts; the page says what it took for one."""

_TIMES = frozenset(
    ("s", "ms", "sec", "second", "minute", "hour", "day", "week", "month", "year", "block", "slot", "epoch", "tick")
)

_MINUS = "\N{MINUS SIGN}"


@final
@dataclass(frozen=True, slots=True)
class Price:
    """A price of one unit in another: which variable it stands in, its keys, and its value at the end."""

    name: str
    of: str
    quote: str
    keys: Mapping[str, int]
    value: Fraction


def balance(interp: Interpreter, found: Counterexample, program_is: str = "rule") -> Balance | None:
    """Who has more and who has less at the end; None where nobody has, or two runs are compared. `program_is` says what
    the counterexample's program is one of."""
    before, after = ends(found)
    if before is None or after is None:
        return None
    system, scope = interp.system, with_enums(interp.system, found.trace.scope)
    rows = [g for g in gains(system, scope, before, after) if is_holding(g, interp) and not is_time(g.unit)]
    if not any(row.sort or row.unit for row in rows):  # counters and clocks are nobody's
        return None
    prices = (*_prices(system, scope, {**found.trace.params, **after}), *_derived(interp, found, after, scope))
    money = _money(rows, prices)
    accounts: dict[tuple[str, str], list[tuple[Holding, Fraction | None]]] = {}
    taken: dict[str, Price] = {}
    for gain in rows:
        worth, price = _worth(gain, prices, money, system, scope)
        if price is not None:
            taken[price.name] = price
        accounts.setdefault((gain.sort, gain.who), []).append(
            (_holding(gain, worth, money, before, after, system, scope), worth)
        )
    told = tuple(_account(who, sort, parts, money) for (sort, who), parts in accounts.items())
    return Balance(
        f"over the steps of the {program_is}" if found.program else "from the start to the end",
        told,
        tuple(f"{p.name} = {readable(p.value)} {p.quote}/{p.of}" for p in taken.values()),
        bool(taken),
        any(row.side == "owes" for account in told for row in account.rows),
    )


def is_time(unit: str) -> bool:
    """Whether a unit measures time, by its name: what a clock shows is nobody's."""
    return unit.lower() in _TIMES or unit.lower().removesuffix("s") in _TIMES


def sentences(sheet: Balance) -> Iterator[str]:
    """The balance sheet as sentences, one for each of those whose net is known."""
    for account in sheet.accounts:
        if account.net:
            who = "the protocol" if account.who == PROTOCOL else account.who
            net = account.net.lstrip(f"+{_MINUS}")
            match account.tone:
                case "good":
                    yield f"In the books, {who} has {net} more than before."
                case "bad":
                    yield f"In the books, {who} has {net} less than before."
                case _:
                    yield f"In the books, {who} is even."


# ---------------------------------------------------------------------------------------------- prices


def _prices(system: System, scope: Scope, values: Valuation) -> Iterator[Price]:
    """The prices of a state: variables and parameters in a unit over another, one for each of their members."""
    for variable in (*system.states, *system.params):
        quote, slash, of = variable.unit.partition("/")
        plain = quote.isidentifier() and of.isidentifier()
        if not (slash and plain and variable.ty.numeric and variable.name in values):
            continue
        for key, value in entries(values[variable.name]):
            keys = {ty.name: k for ty, k in zip(variable.keys, key, strict=True)}
            yield Price(entry_name(variable, key, scope), of, quote, keys, Fraction(value))


def _derived(interp: Interpreter, found: Counterexample, after: Valuation, scope: Scope) -> Iterator[Price]:
    """The prices that the model defines, such as the price of a share."""
    arguments = {d.name: d.args for d in interp.system.definitions}
    for one in derived(interp, scope, found.trace.params, after):
        quote, slash, of = one.unit.partition("/")
        if slash and quote.isidentifier() and of.isidentifier() and one.ty.numeric:
            keys = {a.ty.name: int(k) for a, k in zip(arguments[one.name], one.args, strict=True)}
            yield Price(one.text, of, quote, keys, Fraction(one.value))


def _money(rows: Sequence[Gain], prices: Sequence[Price]) -> str:
    """The unit that everything is told in: the one that most prices are quoted in, else the only unit there is."""
    quotes = [p.quote for p in prices if any(g.unit == p.of for g in rows)]
    if quotes:
        return max(dict.fromkeys(quotes), key=quotes.count)
    units = {g.unit for g in rows}
    return units.pop() if len(units) == 1 else ""


def _worth(
    gain: Gain, prices: Sequence[Price], money: str, system: System, scope: Scope
) -> tuple[Fraction | None, Price | None]:
    """What a change is worth; None without a price, or with several that may be meant."""
    if not money:
        return None, None
    if gain.unit == money:
        return Fraction(gain.delta), None
    mine = _members(gain, system, scope)
    fits = [p for p in prices if (p.of, p.quote) == (gain.unit, money) and p.keys.items() <= mine.items()]
    if len({p.value for p in fits}) != 1:
        return None, None
    return Fraction(gain.delta) * fits[0].value, fits[0]


def _members(gain: Gain, system: System, scope: Scope) -> dict[str, int]:
    """The members that a holding is about, by their sort or enum."""
    variable = system.state(gain.variable)
    names = iter(gain.other)
    owner = next((i for i, k in enumerate(variable.keys) if gain.sort and k.name == gain.sort), None)
    out: dict[str, int] = {}
    for index, ty in enumerate(variable.keys):
        name = gain.who if index == owner else next(names)
        out[ty.name] = _index(name, ty, scope)
    return out


def _index(name: str, ty: Ty, scope: Scope) -> int:
    known = scope.names.get(ty.name, ())
    return known.index(name) if name in known else -1


# ---------------------------------------------------------------------------------------------- rows


def _holding(
    gain: Gain, worth: Fraction | None, money: str, before: Valuation, after: Valuation, system: System, scope: Scope
) -> Holding:
    variable = system.state(gain.variable)
    key = _key(gain, variable, scope)
    owes = bool(_OWED.search(gain.variable)) and bool(gain.sort)
    tone: Tone = "plain" if not gain.sort else "good" if (gain.delta > 0) is not owes else "bad"
    shown = worth if worth is None or not owes else -worth
    listed = f"[{', '.join(gain.other)}]" if gain.other else ""
    return Holding(
        f"{gain.variable}{listed}", "owes" if owes else "has",
        readable(_entry(before, variable, key)), readable(_entry(after, variable, key)), _signed(gain.delta),
        gain.unit, f"{_signed(shown)} {money}" if shown is not None else "", tone,
    )  # fmt: skip


def _key(gain: Gain, variable: Variable, scope: Scope) -> tuple[int, ...]:
    names = iter(gain.other)
    owner = next((i for i, k in enumerate(variable.keys) if gain.sort and k.name == gain.sort), None)
    return tuple(
        _index(gain.who if index == owner else next(names), ty, scope) for index, ty in enumerate(variable.keys)
    )


def _entry(state: Valuation, variable: Variable, key: tuple[int, ...]) -> Value:
    return dict(entries(state[variable.name])).get(key, 0)


def _account(who: str, sort: str, parts: Sequence[tuple[Holding, Fraction | None]], money: str) -> Account:
    rows = tuple(row for row, _ in parts)
    known = [(-worth if row.side == "owes" else worth) for row, worth in parts if worth is not None]
    if len(known) != len(parts) or not money or not sort:
        return Account(who, rows)
    net: Fraction = sum(known, Fraction(0))
    tone: Tone = "good" if net > 0 else "bad" if net < 0 else "plain"
    return Account(who, rows, f"{_signed(net)} {money}", tone)


def _signed(value: Value) -> str:
    text = readable(value if value >= 0 else -value)
    return f"+{text}" if value > 0 else f"{_MINUS}{text}" if value < 0 else text
