"""`verify-spec simulate`."""

from __future__ import annotations

import argparse
import sys

from verifier.cli.output import look_of, show
from verifier.language.diagnostics import Diagnostic


def run(options: argparse.Namespace) -> int:
    """Show random runs of a model."""
    from random import Random, SystemRandom

    from verifier.session.lookup import Found, NotFound, find_system
    from verifier.system.execute import Interpreter
    from verifier.system.simulate import random_run
    from verifier.system.values import scope_of

    match find_system(options.model):
        case NotFound(diagnostics, sources):
            from verifier.report.diagnostic import diagnostics as shown

            show(shown(diagnostics, sources, look_of(sys.stderr)), sys.stderr)
            return 2
        case Found(system, _, _):
            pass
    from verifier.report.simulation import simulation

    seed = options.seed if options.seed is not None else SystemRandom().randrange(100_000)
    interp = Interpreter(system)
    scope = scope_of(system, {s.name: options.accounts for s in system.sorts if s.size is None})
    rng = Random(seed)
    look = look_of(sys.stdout)
    for number in range(1, options.runs + 1):
        trace = random_run(interp, rng, scope, options.steps)
        if trace is None:
            from verifier.cli.arguments import refuse

            reason = "no parameters and initial state were found that meet all that is assumed"
            return refuse((Diagnostic("VS0524", None, {"name": options.model, "reason": reason}),))
        show(simulation(interp, trace, number, options, seed, look), look=look)
    return 0
