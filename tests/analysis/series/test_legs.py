"""The two legs of a tapped connection, and faults that keep openings away."""

from tests.analysis.facts import NAME, ns, opened, state, view
from wsmonitor.analysis.endpoints.tap_fold import TapView
from wsmonitor.facts.events import Disruption, DisruptionPhase, PhaseDone, State
from wsmonitor.facts.tap_events import LegEnded, LegSide, TapOpened
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.forced import forced_stretches
from wsmonitor.plots.state import PLOT as STATE

ASKED = PhaseDone(at_ns=ns(1), endpoint=NAME, connection=0, phase="client_http", duration_ns=1)


def ended(at_s: float, leg: LegSide) -> LegEnded:
    return LegEnded(
        at_ns=ns(at_s),
        endpoint=NAME,
        connection=1,
        leg=leg,
        how="fin",
        after_close_ns=None,
        silence_rx_ns=0,
        silence_tx_ns=0,
        unsent_bytes=0,
    )


def test_each_leg_has_a_band_that_goes_on_until_its_own_end() -> None:
    row = view(
        ASKED,
        state(1, State.CONNECTING),
        opened(2),
        ended(5, "client"),
        ended(8, "server"),
        state(8, State.IDLE, old=State.OPEN),
    )

    drawing = STATE.draw(row, Span(0, 10), 1000)

    bands = [[(one.start_s, one.state) for one in drawing.states if one.lane == lane] for lane in (0, 1)]
    assert drawing.lanes == ("your client", "server")
    assert bands[0] == [(1.0, State.UPGRADING), (2.0, State.OPEN), (5.0, State.IDLE)]
    assert bands[1] == [(1.0, State.CONNECTING), (2.0, State.OPEN), (8.0, State.IDLE)]


def test_a_connection_of_our_own_has_one_band_without_a_name() -> None:
    drawing = STATE.draw(view(opened(2)), Span(0, 10), 1000)

    assert drawing.lanes == ()
    assert {one.lane for one in drawing.states} == {0}


def test_what_keeps_openings_away_is_shaded_on_every_client_beyond_its_connection() -> None:
    def refuse(at_s: float, phase: DisruptionPhase) -> Disruption:
        return Disruption(at_ns=ns(at_s), endpoint=NAME, kind="refuse", argument="for=4s", phase=phase, is_shared=True)

    came = TapOpened(at_ns=ns(0), endpoint=NAME, slot=0, client_address="127.0.0.1:1")
    row = view(came, ASKED, opened(1), refuse(2, "started"), state(3, State.IDLE, old=State.OPEN), refuse(6, "ended"))

    [shade] = forced_stretches([row], Span(0, 10))

    assert isinstance(row.tap, TapView)
    assert (shade.start_s, shade.end_s, shade.text) == (2.0, 6.0, "forced refuse for=4s 4.0 s")
