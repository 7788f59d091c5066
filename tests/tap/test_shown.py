"""What a tap states can be folded, summed up and put into words."""

from tests.tap.frames import PING, PONG, TEXT, close, frame
from tests.tap.playing import NAME, connected
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import ConnectionClosed, Disruption, RttSample
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig
from wsmonitor.text.wording.closure_words import closure_words
from wsmonitor.text.wording.event_words import words


async def test_a_session_through_a_tap_is_shown_as_that_of_an_endpoint() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "latency", "1ms")
        await client.send(frame(TEXT, b"ask", masked=True) + frame(PING, b"c", masked=True))
        await server.read(9 + 7)
        await server.send(frame(PONG, b"c") + frame(PING, b"s"))
        await client.read(6)
        await client.send(frame(PONG, b"s", masked=True))
        await play.wait(RttSample, lambda event: event.kind == "client")
        play.monitor.disrupt(NAME, "latency", "off")
        await play.wait(Disruption, lambda event: event.phase == "ended" and event.is_shared)
        await client.send(close(1000, masked=True))
        client.close()
        server.close()
        closed = await play.wait(ConnectionClosed)

    analyzer = Analyzer(play.events[0].at_ns, 0)
    analyzer.add_endpoint(EndpointConfig(name=NAME, url="ws://h/", tap=TapConfig()))
    analyzer.feed(play.events)
    now_ns = play.events[-1].at_ns
    snapshot = analyzer.snapshot(now_ns)
    [summary] = analyzer.summary(now_ns)
    assert (summary.connections, summary.messages_sent, summary.closures_total) == (1, 1, 1)
    assert {kind for kind, rtt in summary.rtt.items() if rtt.count} >= {"ws", "client"}
    assert [one.verdict for one in snapshot.closures] == [closed.verdict]
    assert closure_words(closed.verdict).startswith("your client: Close 1000 normal closure")
    assert all(words(event) for event in play.events)
