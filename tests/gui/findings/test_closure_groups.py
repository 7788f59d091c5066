"""The pattern of the drops at a glance."""

from msgspec.structs import replace

from tests.gui.story import at_ns, fin
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.facts.events import Verdict
from wsmonitor.gui.findings.drops import closure_groups
from wsmonitor.settings.endpoint_settings import NS


def closure(number: int, verdict: Verdict) -> Closure:
    return Closure(number=number, endpoint="a", slot=0, connection=number, at_ns=at_ns(number), verdict=verdict)


def test_closures_alike_are_one_group_with_the_spread_of_their_lives() -> None:
    groups = closure_groups([closure(1, fin(60 * NS)), closure(2, fin(61 * NS)), closure(3, fin(NS, code=1012))])

    assert [(group.title, len(group.closures)) for group in groups] == [
        ("peer or proxy: FIN, no Close", 2),
        ("peer: Close 1012 “service restart”", 1),
    ]
    assert groups[0].details == ("lived 60.0 to 61.0 s (median 60.5 s)", "silent before: rx 30.0 s, tx 60.0 s")


def test_our_own_stop_is_no_failure_and_comes_last() -> None:
    groups = closure_groups([closure(1, replace(fin(NS), by="stop", initiator="local")), closure(2, fin(NS))])

    assert [group.is_failure for group in groups] == [True, False]


def test_what_we_forced_comes_last_and_is_no_failure() -> None:
    groups = closure_groups([closure(1, fin(NS, forced="tcp_reset")), closure(2, fin(NS))])

    assert [group.is_failure for group in groups] == [True, False]
    assert groups[1].title == "forced by you: TCP reset"
