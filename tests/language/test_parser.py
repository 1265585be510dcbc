"""The parser: what a text means, every mistake at once, and no text that brings it down."""

from __future__ import annotations

import random
import re
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.language.strategies import files
from verifier.language import syntax as s
from verifier.language.build_grammar import build, render
from verifier.language.catalogue.syntax_errors import ENTRIES
from verifier.language.formatter import format_file
from verifier.language.lexer import scan
from verifier.language.machine import MAX_DEPTH
from verifier.language.parser import MAX_ERRORS, MAX_SIZE, parse
from verifier.language.source import Source
from verifier.language.tables import tables

ROOT = Path(__file__).parents[2]
LANGUAGE = ROOT / "verifier" / "language"
LIBRARY = sorted([*ROOT.glob("models/**/*.vspec"), *ROOT.glob("spec/**/*.vspec")])


def tree(text: str) -> s.File:
    file, problems = parse(Source("x.vspec", text))
    assert file is not None, problems
    return file


def items(text: str, header: str = "model M") -> tuple[Any, ...]:
    (unit,) = tree(f"{header}\n{text}").units
    return unit.items


def expression(text: str) -> Any:
    (item,) = items(f"def f = {text}")
    return item.body


def statements(text: str) -> Any:
    (item,) = items(f"action f() {{ {text} }}")
    return item.body


def mistakes(text: str) -> list[tuple[str, int]]:
    """Code and line of every error."""
    source = Source("x.vspec", text)
    _, problems = parse(source)
    return [(p.code, source.position(p.span.start).line) for p in problems if p.span]


def n(name: str) -> s.Name:
    return s.Name(name)


# ---------------------------------------------------------------------------------------------- the grammar


@pytest.fixture(scope="module")
def lark() -> Any:
    from lark import Lark

    grammar = (LANGUAGE / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", strict=True)


def test_the_table_is_the_one_of_the_grammar() -> None:
    grammar = (LANGUAGE / "grammar.lark").read_text(encoding="utf-8")
    shipped = (LANGUAGE / "grammar.json").read_text(encoding="utf-8")
    assert render(build(grammar)) == shipped, "run `python -m verifier.language.build_grammar`"


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_lark_takes_the_library_too(lark: Any, path: Path) -> None:
    assert lark_takes(lark, path.read_text(encoding="utf-8"))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(file=files(), dice=st.randoms(use_true_random=False))
def test_lark_and_the_machine_agree(lark: Any, file: s.File, dice: random.Random) -> None:
    words = re.findall(r"\s+|\w+|[^\w\s]+", format_file(file, Source("", "")))
    if words and dice.random() < 0.7:
        del words[dice.randrange(len(words))]
    text = "".join(words)
    if re.search(r"\b(uint|int)[0-9]+|True|False", text):
        return
    _, problems = parse(Source("x.vspec", text))
    only_about_words = all(
        p.code in ("VS0112", "VS0113", "VS0126", "VS0127", "VS0128", "VS0129", "VS0130") for p in problems
    )
    assert lark_takes(lark, text) == only_about_words


def lark_takes(lark: Any, text: str) -> bool:
    from lark import Token
    from lark.exceptions import UnexpectedToken

    tokens = scan(Source("x.vspec", text))
    run = lark.parse_interactive()
    try:
        for i, kind in enumerate(tokens.kinds[:-1]):
            run.feed_token(Token(tables().terminals[kind] if kind >= 0 else "WRONG", tokens.text(i)))
        run.feed_eof()
    except UnexpectedToken:
        return False
    return True


# ---------------------------------------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a implies b implies c", "a implies (b implies c)"),
        ("a or b and c", "a or (b and c)"),
        ("not a == b", "not (a == b)"),
        ("not a and b", "(not a) and b"),
        ("a - b - c", "(a - b) - c"),
        ("a / b * c", "(a / b) * c"),
        ("a + b * c", "a + (b * c)"),
        ("-x ^ 2", "-(x ^ 2)"),
        ("x ^ 2 ^ 3", "x ^ (2 ^ 3)"),
        ("a * -b", "a * (-b)"),
        ("forall a in S: p and q", "forall a in S: (p and q)"),
        ("p and forall a in S: q or r", "p and (forall a in S: (q or r))"),
        ("not exists a in S: p implies q", "not (exists a in S: (p implies q))"),
        ("x == if a then b else c + d", "x == (if a then b else (c + d))"),
        ("1 + if a then b else c", "1 + (if a then b else c)"),
        ("if a then if b then c else d else e", "if a then (if b then c else d) else e"),
        ("p, q in S"[:1] + " < b and c < d", "(p < b) and (c < d)"),
    ],
)
def test_precedence(text: str, same: str) -> None:
    assert expression(text) == expression(same)


def test_expressions() -> None:
    assert expression("first.debt[a]") == s.Index(s.Field(n("first"), "debt"), (n("a"),))
    assert expression("first.healthy(a)") == s.Call("healthy", (n("a"),), "first")
    assert expression("p[a, m].margin") == s.Field(s.Index(n("p"), (n("a"), n("m"))), "margin")
    assert expression("old(debt[a])") == s.Old(s.Index(n("debt"), (n("a"),)))
    assert expression("old(debt)[a]") == s.Index(s.Old(n("debt")), (n("a"),))
    assert expression("sum(debt)") == s.Aggregate("sum", n("debt"))
    assert expression("max(a, b)") == s.Call("max", (n("a"), n("b")))
    assert expression("action == f") == s.Binary("==", s.CurrentAction(), n("f"))
    a, b = s.Binder("a", "S"), s.Binder("b", "S")
    assert expression("max(x for a in S if p)") == s.Aggregate("max", n("x"), (a,), n("p"))
    assert expression("count(p for a, b in S)") == s.Aggregate("count", n("p"), (a, b))
    assert expression("forall a, b in S, c in T: p") == s.Quantifier("forall", (a, b, s.Binder("c", "T")), n("p"))
    arms = (s.MatchArm("Open", expression("1")), s.MatchArm("Halted", n("x")))
    assert expression("match m { Open => 1, Halted => x }") == s.Match(n("m"), arms)
    assert expression("match m { Open => 1 Halted => x }") == s.Match(n("m"), arms)


@pytest.mark.parametrize(
    ("text", "value", "integral"),
    [
        ("12", Fraction(12), True),
        ("10_000", Fraction(10_000), True),
        ("0.825", Fraction(33, 40), False),
        ("2.0", Fraction(2), True),
        ("1e18", Fraction(10**18), True),
        ("1.5e1", Fraction(15), True),
        ("1e-2", Fraction(1, 100), False),
        ("5%", Fraction(1, 20), False),
        ("100%", Fraction(1), False),
        ("30 bps", Fraction(3, 1000), False),
        ("30bps", Fraction(3, 1000), False),
    ],
)
def test_numbers(text: str, value: Fraction, integral: bool) -> None:
    number = expression(text)
    assert (number.value, number.integral) == (value, integral)
    assert number.text == text.replace("30bps", "30 bps")


def test_units() -> None:
    assert expression("2000[USD/ETH]").unit == s.UnitExpr((("USD", 1), ("ETH", -1)))
    assert expression("1e12[wei18/wei6]").unit == s.UnitExpr((("wei18", 1), ("wei6", -1)))
    assert expression("1[1/s]").unit == s.UnitExpr((("s", -1),))
    assert expression("1[m^2/s^2*k]").unit == s.UnitExpr((("m", 2), ("s", -2), ("k", 1)))
    assert expression("1[a/(b*c)]").unit == s.UnitExpr((("a", 1), ("b", -1), ("c", -1)))
    assert expression("1[s^-2]").unit == s.UnitExpr((("s", -2),))


# ---------------------------------------------------------------------------------------------- statements, declarations


def test_statements_need_no_separator() -> None:
    assert len(statements("require a > b c := d e[f] += 1 let g = h i(j) k.l(m) if n { } for o in P { q -= 1 }")) == 8


def test_any() -> None:
    first, second = statements("x := any y := any where z > 0")
    assert first == s.Assign(n("x"), ":=", s.AnyValue())
    assert second.value.where == s.Binary(">", n("z"), expression("0"))
    (let,) = statements("let m = any real[USD] where m > 0")
    assert let.value.type == s.NumberType("real", s.UnitExpr((("USD", 1),)))
    first, second = statements("let f = any Feed g[a] := 1")
    assert first.value == s.AnyValue(s.NamedType("Feed"))
    assert statements("let f = any g[a] := 1")[0].value == s.AnyValue()


def test_words_that_are_reserved_in_one_place_only() -> None:
    names = "start leads to first second sum count min max old bps_ by"
    for name in names.split():
        assert items(f"state {name} : nat")[0].name == name
    (scenario,) = items("scenario start { start { start = 1, to = 2 } f(start) }", "spec S for M")
    assert isinstance(scenario.body[0], s.Start)
    (responds,) = items("responds r : leads leads to to within 3 of f", "spec S for M")
    assert (responds.trigger, responds.response, responds.action) == (n("leads"), n("to"), "f")


def test_else_if_is_an_if_alone() -> None:
    (chain,) = statements("if a { } else if b { } else { x := 1 }")
    assert chain == s.If(n("a"), (), (s.If(n("b"), (), (s.Assign(n("x"), ":=", expression("1")),)),))


def test_documentation_is_of_the_declaration_below() -> None:
    text = "/// The model.\nmodel M\n/// One.\n///  Two.\n// note\nstate a : nat /// not for b\nstate b : nat"
    file = tree(text)
    assert file.units[0].doc == "The model."
    assert [item.doc for item in file.units[0].items] == ["One.\n Two.", ""]
    assert [c.text for c in file.comments] == ["// note", "/// not for b"]
    assert [c.own_line for c in file.comments] == [True, False]


def test_braces_around_a_model_and_units_one_after_the_other() -> None:
    text = (
        "import oracle/median import a-b/c\nmodel A { state x : nat } model B extends A { } spec S for B param p : real"
    )
    file = tree(text)
    assert [i.path for i in file.imports] == ["oracle/median", "a-b/c"]
    assert [(type(u).__name__, u.name, len(u.items)) for u in file.units] == [
        ("ModelDecl", "A", 1), ("ModelDecl", "B", 0), ("SpecDecl", "S", 1),
    ]  # fmt: skip
    assert tree("").units == ()


def test_spans() -> None:
    text = "model M\n\ndef value(a: Account) = debt[a] + 2[USD]  // note\n"
    source = Source("x.vspec", text)
    (unit,) = tree(text).units
    (item,) = unit.items
    assert isinstance(item, s.DefDecl)
    assert source.slice(unit.name_span) == "M"
    assert source.slice(item.span) == "def value(a: Account) = debt[a] + 2[USD]"
    assert source.slice(item.name_span) == "value"
    assert source.slice(item.parameters[0].span) == "a: Account"
    assert isinstance(item.body, s.Binary)
    assert source.slice(item.body.op_span) == "+"
    assert [source.slice(e.span) for e in (item.body.left, item.body.right)] == ["debt[a]", "2[USD]"]


# ---------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.kind == "text"], ids=lambda entry: entry.code)
def test_examples_of_the_catalogue(entry: Any) -> None:
    source = Source("x.vspec", entry.example)
    file, problems = parse(source)
    assert file is None
    assert [p.code for p in problems] == [entry.code]
    assert parse(Source("x.vspec", entry.instead))[1] == ()
    for problem in problems:
        for template in (entry.message, entry.help, *entry.labels.values()):
            assert "{" not in template.format(**problem.values).replace("{ … }", "").replace("`{`", "").replace(
                "of `{`", ""
            )
        assert {"primary", *(role for role, _ in problem.others)} <= set(entry.labels)


MODEL = "model M\nstate n : nat\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "action f() { n = 1; n := 2; }", [("VS0103", 3), ("VS0106", 3)], id="semicolons are reported once"
        ),
        pytest.param(
            "action f() { x := *\n y := 2 }\nstate b nat", [("VS0100", 3), ("VS0100", 5)], id="next statement"
        ),
        pytest.param("action f(\nstate b : nat\nstate c nat", [("VS0100", 4), ("VS0100", 5)], id="half a header"),
        pytest.param(
            "action f() {\n n := 1\nstate b : nat\nstate c = 1", [("VS0108", 3), ("VS0100", 6)], id="no brace"
        ),
        pytest.param(
            "def f = (1 + 2\ndef g = 3 )", [("VS0108", 3), ("VS0109", 4)], id="no parenthesis, and one too many"
        ),
        pytest.param("state state : nat\ndef g = state + 1", [("VS0110", 3), ("VS0110", 4)], id="words as names"),
        pytest.param(
            "acton f() {\n requre n > 0\n n := 1 adn 2\n}", [("VS0111", 3), ("VS0111", 4), ("VS0111", 5)], id="misspelt"
        ),
        pytest.param(
            "function f(address a) public {\n n += 1;\n}\nstate c : nat", [("VS0112", 3), ("VS0100", 3)], id="Solidity"
        ),
        pytest.param("state m : mapping(address => uint)\nstate k : uint", [("VS0113", 3), ("VS0113", 4)], id="types"),
        pytest.param("invariant a : n > 0\nlemma b : n > 0", [("VS0123", 3), ("VS0123", 4)], id="no spec"),
        pytest.param("spec S for M\nstate x : nat\ninvariant n > 0", [("VS0123", 4), ("VS0124", 5)], id="no model"),
        pytest.param("def f = 0 < n <= 5 && n != 3", [("VS0107", 3), ("VS0105", 3)], id="several in one expression"),
        pytest.param("def f = 1_ + 0x10 + 1e99999", [("VS0102", 3)] * 3, id="numbers"),
        pytest.param("def f = n \u2264 5\ndef \u201cg\u201d = 2", [("VS0101", 3), ("VS0101", 4)], id="characters"),
        pytest.param("def f = n % 2\ndef g = n ? 1 : 2", [("VS0101", 3), ("VS0101", 4)], id="remainder"),
        pytest.param("def f = forall a in S n > 0\ndef g = =", [("VS0100", 3), ("VS0100", 4)], id="a colon left out"),
        pytest.param("# one\n# two\nstate b : nat", [("VS0115", 3)], id="comments are reported once"),
        pytest.param('action f() { require(n > 0, "no") n := 1 }', [("VS0114", 3)], id="require with a message"),
        pytest.param(
            "def f = " + "(" * 3000 + "1" + ")" * 3000 + "\ndef g = =", [("VS0117", 3), ("VS0100", 4)], id="deep"
        ),
    ],
)
def test_one_mistake_gives_one_error_and_all_are_found(text: str, expected: list[tuple[str, int]]) -> None:
    assert sorted(mistakes(MODEL + text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("state", "Expected a name for the state variable, but found the end of the file."),
        ("state x nat", "Expected `:`, but found the word `nat`."),
        ("def f = 1 +", "Expected an expression, but found the end of the file."),
        ("def f = 1 2", "Expected an operator or the next declaration, but found the number `2`."),
        ("state x : 5", "Expected a type, but found the number `5`."),
        ("action f() { n := 1 5 }", "Expected an operator, `}` or the next statement, but found the number `5`."),
        ("action f() { else }", "Expected a statement or `}`, but found the word `else`."),
    ],
)
def test_what_was_expected(text: str, expected: str) -> None:
    _, (problem,) = parse(Source("x.vspec", MODEL + text))
    (entry,) = [e for e in ENTRIES if e.code == problem.code]
    said = entry.message.format(**problem.values)
    assert sorted(re.findall(r"[^,. ]+", said)) == sorted(re.findall(r"[^,. ]+", expected))


def test_no_token_name_ever_shows() -> None:
    dice = random.Random(3)
    text = (
        MODEL + "action f(a: A) { require n > 0 and n < 5 n := 2 }\nspec S for M\ninvariant i : n > 0 expect violated\n"
    )
    words = re.findall(r"\s+|\w+|[^\w\s]+", text)
    terminals = set(tables().terminals)
    for _ in range(300):
        mixed = list(words)
        mixed[dice.randrange(len(mixed))] = dice.choice(words)
        for problem in parse(Source("x.vspec", "".join(mixed)))[1]:
            for value in problem.values.values():
                assert not terminals & set(re.findall(r"[A-Z_$]{2,}", value)), problem


# ---------------------------------------------------------------------------------------------- hostile texts


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 1_900_000, id="parentheses"),
        pytest.param(MODEL + "def f = " + "(" * 900_000, id="parentheses in a definition"),
        pytest.param(MODEL + "def f = " + "not " * 5000 + "true", id="not"),
        pytest.param(MODEL + "def f = " + " + ".join(["a"] * 50_000), id="a long sum"),
        pytest.param(MODEL + "def f = " + " implies ".join(["a"] * 50_000), id="a long implication"),
        pytest.param(MODEL + "action f() " + "{ if a " * 5000, id="blocks"),
        pytest.param(MODEL + "def f = a" + "[b" * 5000, id="keys"),
        pytest.param(MODEL + "def f = " + "(action == " * 20_000, id="the action"),
        pytest.param("; " * 500_000, id="semicolons"),
        pytest.param("/* " * 500_000, id="comments"),
        pytest.param('"\n' * 500_000, id="quotes"),
        pytest.param("\u00e9" * 1_000_000, id="letters with accents"),
        pytest.param("a" * 10_000_000, id="ten megabytes"),
        pytest.param("model M\0", id="NUL"),
        pytest.param(random.Random(1).randbytes(300_000).decode("latin-1").replace("\0", " "), id="junk"),
        pytest.param(MODEL + "def f = 1e999999999", id="a huge number"),
        pytest.param(MODEL + "def f = " + "9" * 10_000, id="a long number"),
        pytest.param("state " * 200_000, id="a word again and again"),
    ],
)
def test_hostile_texts_are_refused_in_bounded_time(text: str) -> None:
    began = time.perf_counter()
    file, problems = parse(Source("x.vspec", text))
    assert file is None
    assert 1 <= len(problems) <= MAX_ERRORS + 1
    assert time.perf_counter() - began < 30


def test_limits() -> None:
    assert [code for code, _ in mistakes("a" * (MAX_SIZE + 1))] == ["VS0003"]
    assert mistakes(MODEL + "state x\n" * 80)[-1][0] == "VS0125"
    deep = "1 + " * (MAX_DEPTH - 10) + "1"
    assert mistakes(MODEL + f"def f = {deep}") == []


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from(list("modelstatf(){}[]:=<>+-*/^.,;!&|\"'#_ \n\t\0\r19e%\u00e9\u2264")), max_size=60
    )
)
def test_no_text_brings_it_down(text: str) -> None:
    file, problems = parse(Source("x.vspec", text))
    assert (file is None) == bool(problems)
    for problem in problems:
        assert problem.span is not None
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(files(), st.randoms(use_true_random=False))
def test_no_damage_brings_it_down(file: s.File, dice: random.Random) -> None:
    words = re.findall(r"\s+|\w+|[^\w\s]+", format_file(file, Source("", "")))
    for _ in range(dice.choice([1, 2, 6])):
        if words:
            where = dice.randrange(len(words))
            words[where : where + dice.choice([0, 1, 1])] = dice.choice(
                [[], [" ; "], [" state "], [" ( "], [" } "], [dice.choice(words)]]
            )
    text = "".join(words)
    tree_, problems = parse(Source("x.vspec", text))
    assert (tree_ is None) == bool(problems)
