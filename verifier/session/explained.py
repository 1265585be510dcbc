"""One property explained: its verdict, and where it is proved, why."""

from __future__ import annotations

from dataclasses import replace
from glob import escape
from typing import TYPE_CHECKING, final

from verifier.language.frozen import dataclass
from verifier.session.lookup import Found, NotFound, find_property
from verifier.session.progress import Listen, Progress
from verifier.session.run import Result, Run
from verifier.session.session import Request, check
from verifier.system.transition import Enabled, Invariant, Property, Responds, Rule, StepProperty

if TYPE_CHECKING:
    from verifier.engines.grounds import Account
    from verifier.engines.options import Event


@final
@dataclass(frozen=True, slots=True)
class Explained:
    """A property, the run that settled it alone, its result there, and the account of its proof if there is one."""

    run: Run
    result: Result
    account: Account | None


def explain(name: str, listen: Listen, *, arithmetic: bool = False, cache: bool = True) -> Explained | NotFound:
    """`lending/pool:covered`, or any id that a report prints: `lending/pool:LendingSolvency.covered@a-profile`.
    `arithmetic` asks for the certificates of its proof as well."""
    wanted, _, profile = name.partition("@")
    found = find_property(wanted)
    if isinstance(found, NotFound):
        return found
    assert found.prop is not None
    run = check(_request(wanted, found, found.prop, profile, cache=cache), listen)
    if run.diagnostics or not run.results:
        return NotFound((*run.diagnostics, *run.unmet), run.sources)
    result = run.results[0]
    return Explained(run, result, _account(result, listen, arithmetic=arithmetic))


def _request(wanted: str, found: Found, prop: Property, profile: str, *, cache: bool) -> Request:
    spec = f"{escape(found.system.path)}:{found.system.spec}.{prop.heading.name}"
    profiles = (escape(profile),) if profile else ()
    return Request((wanted.rpartition(":")[0],), (spec,), profiles, cache=cache)


def _account(result: Result, listen: Listen, *, arithmetic: bool) -> Account | None:
    if result.verdict.name != "proved" or result.expected != "proved":
        return None
    if not isinstance(result.prop, Invariant | StepProperty | Rule | Enabled | Responds):
        return None
    from verifier.engines.account import account_of  # needs a solver

    progress = Progress(result.system.spec, result.prop.heading.name, "", 0, 1)

    def heard(event: Event) -> None:
        listen(replace(progress, phase=event.phase))

    return account_of(result.system, result.prop, heard, arithmetic=arithmetic)
