"""The attacks in the built-in library, found by the engines, pasted back as scenarios."""

from __future__ import annotations

import pytest

from verifier.language.check import check_program
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.report.scenario import scenario_text
from verifier.session.session import Request, check, prepare
from verifier.system.execute import Interpreter
from verifier.system.lower import lower
from verifier.system.scenarios import run_scenario
from verifier.system.transition import Scenario


@pytest.mark.parametrize(
    ("name", "properties"),
    [("lending/pool", ("ToxicLiquidations.*",)), ("vault/shares", ("InflationAttack.*",))],
)
def test_attacks_can_be_pasted(name: str, properties: tuple[str, ...]) -> None:
    run = check(Request((name,), properties))
    target = prepare((name,)).loaded.targets[0]
    attacks = [r for r in run.results if r.expected == "violated"]
    assert attacks
    for result in attacks:
        found = result.verdict.counterexample
        assert found is not None, result.id
        pasted = scenario_text(Interpreter(result.system), result.prop, found)
        end = result.prop.heading.span.end
        text = target.source.text
        source = Source(target.source.path, f"{text[:end]}\n{pasted}\n{text[end:]}")
        file, problems = parse(source)
        assert file is not None, pasted
        assert problems == (), pasted
        checked, wrong = check_program([(source, file), *target.files[1:]], source.path)
        assert wrong == (), pasted
        system = next(lower(c) for c in checked if c.spec is not None and c.spec.name == result.system.spec)
        scenario = next(
            p for p in system.properties if isinstance(p, Scenario) and p.heading.name.endswith("_counterexample")
        )
        outcome = run_scenario(Interpreter(system), scenario)
        assert outcome.problem is not None, pasted
        assert outcome.problem.kind == "check", pasted
