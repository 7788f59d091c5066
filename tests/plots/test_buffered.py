import math

from tests.analysis.facts import analyzer, closed, ns, opened, probe_lost, queued, view
from wsmonitor.facts.event import Direction
from wsmonitor.facts.events import AnyEvent, OutboxChanged, PhaseDone
from wsmonitor.plots.buffered import PLOT as BUFFERED
from wsmonitor.plots.drawing import Span
from wsmonitor.settings.endpoint_settings import EndpointConfig, OutboxConfig, TapConfig


def points(*events: AnyEvent, span: Span, pixels: int = 100) -> list[tuple[float, float]]:
    (line,) = BUFFERED.draw(view(*events), span, pixels).lines
    return list(zip(line.x.tolist(), line.y.tolist(), strict=True))


def test_the_depth_holds_until_it_changes_and_to_the_end() -> None:
    assert points(queued(1, 5), queued(4, 0), span=Span(0, 10)) == [(1, 5), (4, 5), (4, 0), (10, 0)]


def test_the_depth_before_the_span_enters_it() -> None:
    assert points(queued(1, 5), queued(14, 0), span=Span(10, 20)) == [(10, 5), (14, 5), (14, 0), (20, 0)]


def test_what_changes_after_the_span_is_not_in_it() -> None:
    assert points(queued(1, 5), queued(30, 900), span=Span(10, 20)) == [(10, 5), (20, 5)]


def test_an_endpoint_that_never_queued_anything_has_a_line_at_zero() -> None:
    assert points(opened(1), span=Span(0, 10)) == [(1, 0), (10, 0)]


def test_nothing_is_known_once_the_probe_is_gone() -> None:
    drawn = points(queued(1, 5), probe_lost(4), span=Span(0, 10))

    assert drawn[:2] == [(1, 5), (4, 5)]
    assert all(math.isnan(y) for _, y in drawn[2:])


def test_a_short_peak_is_visible_with_a_day_on_screen() -> None:
    changes = [fact for at in range(0, 86_400, 10) for fact in (queued(at, 800 if at == 500 else 3), queued(at + 1, 0))]

    drawn = points(*changes, span=Span(0, 86_400), pixels=400)

    assert max(y for _, y in drawn) == 800
    assert len(drawn) <= 2 * 400 + 8


def test_the_limit_comes_into_sight_once_half_of_it_is_used() -> None:
    config = EndpointConfig(name="voice", url="ws://x", outbox=OutboxConfig(max_messages=100))

    def top(depth: int) -> float:
        row = analyzer(queued(1, depth), config=config).snapshot(ns(2)).endpoints[0]
        return BUFFERED.draw(row, Span(0, 10), 100).y_range[1]

    assert (top(20), top(60)) == (30.0, 150.0)


def test_the_summary_says_now_and_the_peak_of_the_span() -> None:
    drawing = BUFFERED.draw(view(queued(1, 5), queued(4, 1)), Span(0, 10), 100)

    assert drawing.summary == "Buffered: 1 message now, at most 5 in this span."
    assert [level.label for level in drawing.levels] == ["limit 1,000"]


def test_of_a_tap_it_shows_the_bytes_that_wait_in_both_directions_and_calls_them_so() -> None:
    def waiting(at_s: float, count: int, direction: Direction) -> OutboxChanged:
        return OutboxChanged(at_ns=ns(at_s), endpoint="voice", depth=0, bytes=count, direction=direction)

    asked = PhaseDone(at_ns=ns(0), endpoint="voice", connection=1, phase="client_http", duration_ns=1)
    config = EndpointConfig(name="voice", url="ws://x", tap=TapConfig())
    facts: list[AnyEvent] = [asked, waiting(1, 500, "tx"), waiting(2, 3000, "rx"), waiting(3, 0, "tx")]
    running = analyzer(*facts, config=config)
    row = running.snapshot(ns(4)).endpoints[0]
    drawing = BUFFERED.draw(row, Span(0, 4), 100)

    assert drawing.title == "Waiting in the tap (kB)"
    assert [line.label for line in drawing.lines] == ["to your client", "to the server"]  # the most first
    assert list(zip(drawing.lines[1].x, drawing.lines[1].y, strict=True)) == [
        *((0, 0), (1, 0), (1, 0.5), (3, 0.5), (3, 0), (4, 0))
    ]
    assert drawing.levels == ()
    assert (
        drawing.summary == "Waiting in the tap: 3.0 kB now, at most 500 B to the server, at most 3.0 kB to your client."
    )
    assert row.buffered_bytes == 3000

    running.feed([closed(5, name="voice")])
    assert running.snapshot(ns(6)).endpoints[0].buffered_bytes == 0
