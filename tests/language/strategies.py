"""Hypothesis strategies for syntax trees: every node that a text can have, and only those."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from hypothesis import strategies as st

from verifier.language import syntax as s
from verifier.language.numbers import number_value
from verifier.language.tables import tables

# Some that are words in a few places only, and some that are as long as a line.
_NAMES = (
    "a", "b", "p", "debt", "cash", "price", "to", "start", "leads", "first", "second", "within_1", "Account", "Feed", "Open", "USD",
    "a_rather_long_name_for_a_value_that_nobody_would_want_to_type", "x1", "_x",
)  # fmt: skip
_AGGREGATES: tuple[s.AggregateKind, ...] = ("sum", "count", "max", "min")


def names() -> st.SearchStrategy[str]:
    """Identifiers, none of them a word of the language."""
    free = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
    taken = {*tables().words, *_AGGREGATES, "old", "start", "leads", "mapping", "assert", "revert"}
    foreign = {"uint", "float", "double", "decimal", "integer", "natural", "boolean", "string"}
    return st.sampled_from(_NAMES) | free.filter(
        lambda n: n not in taken | foreign and not n.startswith(("int", "uint"))
    )


def tuples_of(items: st.SearchStrategy, least: int = 0, most: int = 3) -> st.SearchStrategy[tuple]:  # type: ignore[type-arg]
    """Short tuples."""
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def units() -> st.SearchStrategy[s.UnitExpr]:
    """`USD/ETH`, `1/s`, `1`."""
    exponents = st.sampled_from([1, 1, 1, -1, -1, 2, -3])
    return tuples_of(st.tuples(names(), exponents)).map(s.UnitExpr)


def numbers() -> st.SearchStrategy[s.Number]:
    """Literals of every form."""
    digits = st.sampled_from(["0", "5", "12", "10_000", "0.825", "1e18", "2.5e-3", "007"])
    texts = st.builds(lambda d, suffix: d + suffix, digits, st.sampled_from(["", "", "%", " bps"]))
    return st.builds(_number, texts, st.none() | units())


def _number(text: str, unit: s.UnitExpr | None) -> s.Number:
    value, integral = number_value(text)
    assert isinstance(value, Fraction)
    return s.Number(text, value, integral, unit)


def value_types() -> st.SearchStrategy[s.NumberType | s.BoolTypeExpr | s.NamedType]:
    """Types that are no maps."""
    numbers_ = st.builds(
        s.NumberType, st.sampled_from(["real", "ureal", "int", "nat", "uint256", "int8"]), st.none() | units()
    )
    return numbers_ | st.just(s.BoolTypeExpr()) | st.builds(s.NamedType, names())


def types() -> st.SearchStrategy[s.TypeExpr]:
    """Any type."""
    maps = st.builds(s.MapTypeExpr, tuples_of(st.builds(s.NamedType, names()), 1), value_types())
    return value_types() | maps


def binders() -> st.SearchStrategy[tuple[s.Binder, ...]]:
    """`p, q in Quorum, n in Node`."""
    return tuples_of(st.builds(s.Binder, names(), names()), 1)


def _extend(inner: st.SearchStrategy[s.Expr]) -> st.SearchStrategy[s.Expr]:
    operators = st.sampled_from(["+", "-", "*", "/", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "implies"])
    scope = st.none() | st.sampled_from(["first", "second", "oracle"])
    return st.one_of(
        st.builds(s.Binary, operators, inner, inner),
        st.builds(s.Binary, operators, inner, inner),
        st.builds(s.Unary, st.sampled_from(["-", "not"]), inner),
        st.builds(s.IfThenElse, inner, inner, inner),
        st.builds(s.Index, inner, tuples_of(inner, 1, 2)),
        st.builds(s.Field, inner, names()),
        st.builds(s.Call, names() | st.sampled_from(["floor", "abs"]), tuples_of(inner), scope),
        st.builds(s.Call, st.sampled_from(["max", "min"]), tuples_of(inner, 2)),
        st.builds(s.Old, inner),
        st.builds(s.Match, inner, tuples_of(st.builds(s.MatchArm, names(), inner))),
        st.builds(s.Quantifier, st.sampled_from(["forall", "exists"]), binders(), inner),
        st.builds(s.Aggregate, st.sampled_from(_AGGREGATES), inner, binders(), st.none() | inner),
        st.builds(s.Aggregate, st.sampled_from(_AGGREGATES), inner),
    )


def expressions() -> st.SearchStrategy[s.Expr]:
    """Any expression but `any` and `_`, which only stand in some places."""
    leaves = st.one_of(
        st.builds(s.Name, names()), numbers(), st.builds(s.Boolean, st.booleans()), st.just(s.CurrentAction())
    )
    return st.recursive(leaves, _extend, max_leaves=8)


def places() -> st.SearchStrategy[s.Expr]:
    """What can be assigned to."""
    return st.recursive(
        st.builds(s.Name, names()),
        lambda inner: st.builds(s.Index, inner, tuples_of(expressions(), 1, 2)) | st.builds(s.Field, inner, names()),
        max_leaves=3,
    )


def _values() -> st.SearchStrategy[s.Expr]:
    return expressions() | st.builds(s.AnyValue, st.none() | types(), st.none() | expressions())


def _simple_statements() -> st.SearchStrategy[s.Statement]:
    part = st.none() | names()
    return st.one_of(
        st.builds(s.Require, expressions()),
        st.builds(s.Check, expressions()),
        st.builds(s.Assign, places(), st.sampled_from([":=", "+=", "-="]), _values()),
        st.builds(s.Let, names(), st.none() | types(), _values()),
        st.builds(s.Invoke, names(), tuples_of(expressions()), st.booleans(), part),
        st.builds(s.Start, tuples_of(st.builds(s.StartValue, places(), expressions()))),
    )


def _with_blocks(inner: st.SearchStrategy[s.Statement]) -> st.SearchStrategy[s.Statement]:
    body = tuples_of(inner)
    return st.one_of(
        st.builds(s.For, st.builds(s.Binder, names(), names()), body),
        st.builds(s.If, expressions(), body, body),
        st.builds(s.Wrapping, body),
        st.builds(s.Compare, body, body),
    )


def bodies() -> st.SearchStrategy[tuple[s.Statement, ...]]:
    """Statements of a block."""
    return tuples_of(st.recursive(_simple_statements(), _with_blocks, max_leaves=4))


def docs() -> st.SearchStrategy[str]:
    """Documentation, one line or several."""
    line = st.sampled_from(["What it does.", "", "  indented, with // slashes", "{ braces }", "/"])
    return st.just("") | st.lists(line, min_size=1, max_size=3).map("\n".join).filter(lambda text: text != "")


def _parameters() -> st.SearchStrategy[tuple[s.Parameter, ...]]:
    return tuples_of(st.builds(s.Parameter, names(), types()))


def _expect() -> st.SearchStrategy[Literal["violated"] | None]:
    return st.sampled_from([None, "violated"])


def model_items() -> st.SearchStrategy[s.ModelItem]:
    """Declarations of a model."""
    return st.one_of(
        st.builds(s.UnitDecl, tuples_of(names(), 1), docs()),
        st.builds(s.SortDecl, names(), st.none() | st.integers(1, 9), docs()),
        st.builds(s.EnumDecl, names(), tuples_of(names()), docs()),
        st.builds(s.StructDecl, names(), _parameters(), docs()),
        st.builds(s.ParamDecl, names(), types(), st.none() | expressions(), docs()),
        st.builds(s.StateDecl, names(), types(), docs()),
        st.builds(s.InitDecl, bodies(), docs()),
        st.builds(s.DefDecl, names(), _parameters(), expressions(), docs()),
        st.builds(s.ActionDecl, names(), _parameters(), bodies(), st.booleans(), docs()),
        st.builds(s.UseDecl, names(), names(), docs()),
        st.builds(s.ExposeDecl, names(), names(), docs()),
    )


def _responds() -> st.SearchStrategy[s.RespondsDecl]:
    actions = names() | st.builds(lambda part, name: f"{part}.{name}", names(), names())
    bound = st.just(()) | binders()
    return st.builds(
        s.RespondsDecl, names(), expressions(), expressions(), expressions(), actions, _expect(), bound, docs()
    )


def spec_items() -> st.SearchStrategy[s.SpecItem]:
    """Declarations of a spec."""
    choices = tuples_of(expressions() | st.just(s.Wildcard()))
    when = st.none() | expressions()
    return st.one_of(
        st.builds(s.ParamDecl, names(), types(), when, docs()),
        st.builds(s.DefDecl, names(), _parameters(), expressions(), docs()),
        st.builds(s.AssumeDecl, names(), expressions(), docs()),
        st.builds(s.RelyDecl, names(), names(), tuples_of(names()), expressions(), docs()),
        st.builds(s.InvariantDecl, names(), expressions(), st.booleans(), _expect(), docs()),
        st.builds(s.StepDecl, names(), expressions(), _expect(), docs()),
        st.builds(s.RuleDecl, names(), _parameters(), bodies(), _expect(), docs()),
        st.builds(s.EnabledDecl, names(), names(), choices, when, _expect(), docs()),
        _responds(),
        st.builds(s.ReachableDecl, names(), expressions(), _expect(), docs()),
        st.builds(s.ScenarioDecl, names(), bodies(), _expect(), docs()),
    )


def proof_items() -> st.SearchStrategy[s.ProofItem]:
    """Lemmas, and how properties are proved."""
    hints = st.builds(s.GivenInvariants, tuples_of(names(), 1)) | st.builds(s.CaseSplit, expressions())
    return st.one_of(
        st.builds(s.InvariantDecl, names(), expressions(), st.just(True), _expect(), docs()),  # noqa: FBT003 - a lemma
        st.builds(s.PropertyProof, names(), tuples_of(hints), docs()),
    )


def files() -> st.SearchStrategy[s.File]:
    """Whole files."""
    models = st.builds(s.ModelDecl, names(), tuples_of(model_items()), st.none() | names(), docs())
    specs = st.builds(s.SpecDecl, names(), names(), tuples_of(spec_items()), docs())
    proofs = st.builds(s.ProofDecl, names(), tuples_of(proof_items()), docs())
    imports = st.builds(s.ImportDecl, st.sampled_from(["oracle/median", "a-b/c_1", "state"]))
    return st.builds(s.File, tuples_of(imports, 0, 2), tuples_of(models | specs | proofs, 0, 2))
