"""The experiments that are lists of checks, as entries of the registry."""

from wsmonitor.experiments.checks.check import Check
from wsmonitor.experiments.checks.closing import CLOSING_CHECKS
from wsmonitor.experiments.checks.framing import FRAMING_CHECKS
from wsmonitor.experiments.checks.handshake import HANDSHAKE_CHECKS
from wsmonitor.experiments.checks.http2 import HTTP2_CHECKS
from wsmonitor.experiments.checks.origins import SECURITY_CHECKS
from wsmonitor.experiments.checks.run import CheckFacts, check_bound, check_run, judge_checks, predict_checks
from wsmonitor.experiments.experiment import Experiment


def _experiment(name: str, question: str, checks: tuple[Check, ...]) -> Experiment[CheckFacts]:
    return Experiment(
        name=name,
        question=question,
        bound=check_bound(checks),
        predict=predict_checks,
        facts=CheckFacts,
        run=check_run(checks),
        judge=judge_checks,
        needs_pongs=False,
        sends_malformed=any(check.hostile for check in checks),
        checks=tuple((check.id, f"{check.expected} ({check.section})") for check in checks),
    )


PROTOCOL = _experiment("protocol", "does it keep RFC 6455 in the opening, in frames and in pings?",
                       (*HANDSHAKE_CHECKS, *HTTP2_CHECKS, *FRAMING_CHECKS))  # fmt: skip
SECURITY = _experiment(
    "security", "who may connect: which pages, with which credentials, over which TLS?", SECURITY_CHECKS
)
CLOSE = _experiment("close", "does it close as RFC 6455 says?", CLOSING_CHECKS)
