from tests.analysis.facts import NAME, closed, ns, opened, probe_lost, view
from wsmonitor.facts.events import Disruption, DisruptionPhase
from wsmonitor.plots.drawing import Forced, Span
from wsmonitor.plots.forced import forced_stretches


def disruption(at_s: float, phase: DisruptionPhase, kind: str = "stall") -> Disruption:
    return Disruption(at_ns=ns(at_s), endpoint=NAME, connection=1, kind=kind, phase=phase)


def test_a_condition_is_shaded_from_its_begin_to_its_end() -> None:
    row = view(opened(0), disruption(2, "started"), disruption(7, "ended"))

    assert forced_stretches([row], Span(0, 10)) == (Forced(2.0, 7.0, "forced stall 5.0 s"),)


def test_a_condition_that_holds_on_is_shaded_to_now_and_names_no_end() -> None:
    row = view(opened(0), disruption(2, "started", "mute_pongs"))

    assert forced_stretches([row], Span(0, 10)) == (Forced(2.0, 10, "forced mute pongs"),)


def test_a_condition_ends_with_its_connection_whenever_it_is_said_to() -> None:
    row = view(opened(0), disruption(2, "started"), closed(4), disruption(4.5, "ended"))

    assert [(one.start_s, one.end_s) for one in forced_stretches([row], Span(0, 10))] == [(2.0, 4.0)]


def test_a_forced_ending_is_no_condition() -> None:
    row = view(opened(0), disruption(2, "started", "tcp_reset"), closed(2.1), opened(3))

    assert forced_stretches([row], Span(0, 10)) == ()


def test_what_waits_or_failed_is_not_shaded_and_what_lies_outside_is_left_out() -> None:
    row = view(
        *(disruption(1, "waiting"), disruption(1.5, "started"), disruption(2, "failed")),
        *(disruption(20, "started"), disruption(25, "ended")),
    )

    assert forced_stretches([row], Span(0, 10)) == ()


def test_when_the_probe_is_gone_so_is_what_it_forced() -> None:
    row = view(opened(0), disruption(2, "started"), probe_lost(5))

    assert [(one.start_s, one.end_s) for one in forced_stretches([row], Span(0, 10))] == [(2.0, 5.0)]
