"""Bytes pass unchanged in both directions, whatever they are, and a slow reader is waited for."""

import asyncio
import random
import socket

from tests.tap.frames import BINARY, TEXT, Deflater, close, frame
from tests.tap.playing import ANSWER, DEFLATED, REQUEST, connected, playing
from wsmonitor.facts.events import (
    Control,
    Message,
    OpenFailed,
    OutboxChanged,
    PhaseDone,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.facts.tap_events import ObserverLost, ProtocolViolated, TapCost, TapListening, TapOpened
from wsmonitor.settings.endpoint_settings import AppHeartbeatConfig, Correlation, MatchRule, TapConfig


async def test_it_listens_on_both_loopback_addresses_and_names_what_to_use() -> None:
    async with playing() as play:
        listening = play.all(TapListening)[0]

    ports = {address.rpartition(":")[2] for address in listening.addresses}
    assert listening.addresses[0].startswith("127.0.0.1:")
    assert len(ports) == 1
    assert listening.url == f"ws://localhost:{ports.pop()}/"


async def test_the_head_passes_but_for_its_host() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST)
        server = await play.accept()
        head = await server.read_head()

        port = int(server.sock.getsockname()[1])
        assert head == REQUEST.replace(b"Host: localhost", f"Host: 127.0.0.1:{port}".encode())


async def test_random_bytes_arrive_as_they_were_sent_in_both_directions_at_once() -> None:
    chance = random.Random(1)
    up, down = chance.randbytes(3_000_000), chance.randbytes(3_000_000)

    async with connected() as (_play, client, server):
        sent = asyncio.gather(client.send(up), server.send(down))
        got_up, got_down = await asyncio.gather(server.read(len(up)), client.read(len(down)))
        await sent

        assert got_up == up
        assert got_down == down


async def test_what_follows_the_answer_in_its_segment_is_passed_on_and_understood() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST + frame(TEXT, b"early", masked=True))
        server = await play.accept()
        await server.read_head()
        assert await server.read(11) == frame(TEXT, b"early", masked=True)
        await server.send(ANSWER + frame(TEXT, b"welcome"))

        assert await client.read(len(ANSWER) + 9) == ANSWER + frame(TEXT, b"welcome")
        message = await play.wait(Message)
        assert (message.direction, message.payload) == ("rx", b"welcome")
        opened = await play.wait(StateChanged, lambda event: event.new is State.OPEN)
        assert play.events.index(opened) < play.events.index(message)


async def test_an_answer_that_drips_in_passes_as_it_drips() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST)
        server = await play.accept()
        await server.read_head()

        for at in range(len(ANSWER)):
            await server.send(ANSWER[at : at + 1])
            assert await client.read(1) == ANSWER[at : at + 1]

        await play.wait(StateChanged, lambda event: event.new is State.OPEN)


async def test_a_large_message_passes_and_is_told_with_its_head() -> None:
    data = frame(BINARY, bytes(64 * 1024 * 1024))

    async with connected() as (play, client, server):
        sent = asyncio.ensure_future(server.send(data))
        got = 0
        while got < len(data):
            got += len(await client.read(min(1 << 20, len(data) - got)))
        await sent

        message = await play.wait(Message)
        assert (message.size_bytes, message.wire_bytes, len(message.payload)) == (64 << 20, len(data), 4096)


async def test_messages_of_both_sides_are_told_from_the_clients_view() -> None:
    async with connected() as (play, client, server):
        await client.send(frame(TEXT, b"ask", masked=True))
        await server.read(9)
        await server.send(frame(TEXT, b"answer"))
        await client.read(8)

        asked = await play.wait(Message, lambda event: event.direction == "tx")
        answered = await play.wait(Message, lambda event: event.direction == "rx")
        assert (asked.payload, answered.payload) == (b"ask", b"answer")
        assert asked.dwell_ns > 0
        assert {event.phase for event in play.all(PhaseDone)} == {"client_http", "dns", "tcp", "http", "app_ready"}


async def test_compressed_messages_are_shown_decoded() -> None:
    up, down = Deflater(), Deflater()

    async with connected(answer=DEFLATED) as (play, client, server):
        for text in (b"one and one", b"one and one and one"):
            await client.send(frame(TEXT, up(text), rsv=4, masked=True))
            await server.send(frame(TEXT, down(text), rsv=4))

        await play.wait(Message, lambda event: event.direction == "tx" and event.payload == b"one and one and one")
        await play.wait(Message, lambda event: event.direction == "rx" and event.payload == b"one and one and one")


async def test_a_ping_of_the_client_is_a_round_trip_and_one_of_the_server_another() -> None:
    async with connected() as (play, client, server):
        await client.send(frame(9, b"c", masked=True))
        await server.read(7)
        await server.send(frame(10, b"c") + frame(9, b"s"))
        await client.read(6)
        await client.send(frame(10, b"s", masked=True))

        await play.wait(RttSample, lambda event: event.kind == "ws")
        await play.wait(RttSample, lambda event: event.kind == "client")


async def test_heartbeats_of_the_application_are_matched_by_what_the_settings_say() -> None:
    beats = AppHeartbeatConfig(
        request='{"type":"ping","id":${seq}}',
        match=(MatchRule(path="$.type", op="eq", value="pong"),),
        correlate=Correlation(path="$.id", equals="${seq}"),
    )

    async with connected(app_heartbeat=beats) as (play, client, server):
        await client.send(frame(TEXT, b'{"type": "ping", "id": 7, "more": 1}', masked=True))
        await server.read(42)
        await server.send(frame(TEXT, b'{"type":"pong","id":6}') + frame(TEXT, b'{"type":"pong","id":7}'))

        answered = await play.wait(RttSample)
        assert answered.kind == "app"
        assert len(play.all(RttSample)) == 1


async def test_what_breaks_the_protocol_passes_and_is_told() -> None:
    async with connected() as (play, client, server):
        await server.send(frame(3, b"?") + frame(TEXT, b"masked", masked=True))

        assert await client.read(3 + 12) == frame(3, b"?") + frame(TEXT, b"masked", masked=True)
        violated = await play.wait(ProtocolViolated)
        assert (violated.direction, violated.offset) == ("rx", 0)
        assert violated.rule.startswith("the server sent what RFC 6455 forbids: opcode 3")
        await play.wait(Message, lambda event: event.payload == b"masked")


async def test_what_cannot_be_understood_still_passes() -> None:
    nonsense = bytes([0x82, 127, 0xFF]) + bytes(7) + b"anything"

    async with connected() as (play, client, server):
        await server.send(nonsense)

        assert await client.read(len(nonsense)) == nonsense
        lost = await play.wait(ObserverLost)
        assert (lost.direction, lost.offset) == ("rx", 0)


async def test_a_side_that_does_not_read_stops_the_other_and_only_that_direction() -> None:
    async with connected(tap=TapConfig(small_buffers=True)) as (play, client, server):
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        flood = asyncio.ensure_future(asyncio.get_running_loop().sock_sendall(server.sock, bytes(64 << 20)))
        stuck = await play.wait(OutboxChanged, lambda event: event.direction == "rx" and event.bytes > 64 * 1024)

        await client.send(frame(TEXT, b"still heard", masked=True))
        assert await server.read(17) == frame(TEXT, b"still heard", masked=True)
        assert not flood.done()
        assert stuck.bytes < 1 << 20

        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)


async def test_another_answer_than_an_upgrade_passes_with_its_body_and_is_told() -> None:
    refusal = b"HTTP/1.1 503 Busy\r\nRetry-After: 10\r\nContent-Length: 4\r\n\r\nbusy"

    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST)
        server = await play.accept()
        await server.read_head()
        await server.send(refusal)
        server.close()

        assert await client.read_to_end() == (refusal, "fin")
        failed = await play.wait(OpenFailed)
        assert (failed.phase, failed.status, failed.retry_after_ns) == ("http", 503, 10 * 10**9)


async def test_a_page_passes_on_a_connection_of_its_own_without_an_event() -> None:
    page = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>"

    async with playing() as play:
        client = await play.connect()
        await client.send(b"POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\na=bc")
        server = await play.accept()
        head = await server.read_head()
        assert await server.read(4) == b"a=bc"
        await server.send(page)
        server.close()

        assert await client.read_to_end() == (page, "fin")
        assert head.startswith(b"POST /form HTTP/1.1\r\n")
        assert b"Connection: close\r\n" in head
        assert [*play.all(TapOpened), *play.all(StateChanged)] == []


async def test_clients_have_slots_of_their_own_and_one_that_comes_back_its_old_one() -> None:
    async with playing() as play:
        first, first_server = await play.opened()
        await play.opened()
        first.close()
        first_server.close()
        await play.closure()
        await play.opened()

        opens = [event for event in play.all(StateChanged) if event.new is State.OPEN]
        assert [(event.slot, event.connection) for event in opens] == [(0, 1), (1, 2), (0, 3)]


async def test_who_the_client_is_and_what_the_tap_costs_is_told() -> None:
    async with connected() as (play, client, server):
        opened = await play.wait(TapOpened)
        await client.send(frame(TEXT, b"x", masked=True))
        await server.read(7)

        cost = await play.wait(TapCost)
        assert opened.client_address == f"127.0.0.1:{client.sock.getsockname()[1]}"
        assert "python" in opened.process or "pytest" in opened.process
        assert 0 < cost.p50_ns <= cost.p99_ns <= cost.max_ns


async def test_the_close_of_each_side_is_told_with_its_code() -> None:
    async with connected() as (play, client, server):
        await server.send(close(4401, "token expired"))
        await client.read(4 + 13)
        await client.send(close(4401, masked=True))
        await server.read(8)
        server.close()
        client.close()

        closed = (await play.closure()).verdict
        assert (closed.tapped, closed.initiator, closed.mechanism) == (True, "peer", "close_frame")
        assert (closed.received_code, closed.received_reason, closed.sent_code) == (4401, "token expired", 4401)
        assert [event.direction for event in play.all(Control)] == ["rx", "tx"]
