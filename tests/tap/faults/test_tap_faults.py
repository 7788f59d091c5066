"""Each fault on a live connection that says nothing, and how it is written."""

import asyncio
import socket
import sys

import pytest

from tests.tap.frames import PING, PONG, TEXT, close, frame
from tests.tap.playing import ANSWER, DEFLATED, NAME, REQUEST, connected, playing
from wsmonitor.facts.errors import DisruptionError
from wsmonitor.facts.events import Control, Disruption, RttSample, State, StateChanged
from wsmonitor.facts.tap_events import LegEnded, TapOpened, TapRefused
from wsmonitor.settings.endpoint_settings import FaultConfig, TapConfig
from wsmonitor.settings.tap_faults import FAULTS, read_fault
from wsmonitor.tap.faults.acting import ACTIONS

SOON_S = 0.5


def test_every_fault_can_be_read_from_its_example_and_acts() -> None:
    for one in FAULTS:
        assert read_fault(one.kind, one.example).kind is one
        assert read_fault(one.kind).kind is one
        assert (one.kind in ACTIONS) is (one.acts_on != "openings")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("latancy", "", "did you mean 'latency'"),
        ("latency", "fast", "example: latency:100ms±30ms,down"),
        ("bandwidth", "0", "a rate such as 16KB/s"),
        ("slicer", "4,4,1ms", "a spread of 0 to 3"),
        ("limit_data", "x", "a number of bytes"),
        ("close", "999", "a close code from 1000 to 4999"),
        ("reset", "up", "nothing more"),
        ("latency", "100ms,p=2", "a share above 0"),
        ("invalid_frame", "nothing", "one of unmasked"),
        ("http", "99", "a status from 200 to 599"),
    ],
)
def test_a_fault_that_makes_no_sense_says_what_is_expected(kind: str, text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        read_fault(kind, text)


async def test_latency_acts_on_what_comes_next_and_ends_when_told() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "latency", "10s,up")
        await client.send(frame(TEXT, b"late", masked=True))
        await server.send(frame(TEXT, b"now"))
        assert await client.read(5) == frame(TEXT, b"now")

        play.monitor.disrupt(NAME, "latency", "off")
        assert await server.read(10) == frame(TEXT, b"late", masked=True)
        told = [(event.phase, event.is_shared) for event in play.all(Disruption)]
        assert told == [("started", True), ("started", False), ("ended", False), ("ended", True)]


async def test_a_fault_that_is_on_acts_on_clients_that_come_later() -> None:
    async with playing() as play:
        play.monitor.disrupt(NAME, "drop_pings", "up")
        client, server = await play.opened()
        await client.send(frame(PING, b"?", masked=True) + frame(TEXT, b"x", masked=True))

        assert await server.read(7) == frame(TEXT, b"x", masked=True)
        started = [event for event in play.all(Disruption) if not event.is_shared]
        assert [(event.kind, event.connection) for event in started] == [("drop_pings", 1)]


async def test_back_to_normal_for_one_client_spares_it_what_is_on_for_all() -> None:
    ping = frame(PING, b"?", masked=True)

    async with playing() as play:
        first, first_server = await play.opened()
        second, second_server = await play.opened()
        play.monitor.disrupt(NAME, "drop_pings", "")
        play.monitor.disrupt(NAME, "everything", "off", 1)
        for client in (first, second):
            await client.send(ping + frame(TEXT, b"x", masked=True))

        assert await first_server.read(7) == frame(TEXT, b"x", masked=True)
        assert await second_server.read(14) == ping + frame(TEXT, b"x", masked=True)
        ended = [(event.slot, event.is_shared) for event in play.all(Disruption) if event.phase == "ended"]
        assert ended == [(1, False)]
        second.close()
        second_server.close()
        assert (await play.closure()).verdict.forced is None


async def test_a_client_that_is_killed_while_pongs_are_dropped_was_not_forced() -> None:
    async with playing() as play:
        program = f"""
import socket, time
sock = socket.create_connection(("127.0.0.1", {play.port}))
sock.sendall({REQUEST!r})
time.sleep(60)
"""
        client = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
        server = await play.accept()
        await server.read_head()
        await server.send(ANSWER)
        await play.wait(StateChanged, lambda event: event.new is State.OPEN)
        known = await play.wait(TapOpened)
        play.monitor.disrupt(NAME, "drop_pongs", "")
        client.kill()
        await client.wait()
        server.close()
        closed = await play.closure()

    assert (known.pid, play.all(LegEnded)[0].process) == (client.pid, "gone")
    assert closed.verdict.forced is None


async def test_a_fault_on_one_client_leaves_the_others_alone() -> None:
    async with playing() as play:
        first, first_server = await play.opened()
        second, second_server = await play.opened()
        play.monitor.disrupt(NAME, "drop_pings", "", 1)
        for client in (first, second):
            await client.send(frame(PING, b"?", masked=True) + frame(TEXT, b"x", masked=True))

        assert await first_server.read(14) == frame(PING, b"?", masked=True) + frame(TEXT, b"x", masked=True)
        assert await second_server.read(7) == frame(TEXT, b"x", masked=True)


@pytest.mark.parametrize(
    ("argument", "client_end", "server_end"), [("", "rst", "rst"), ("client", "rst", "rst"), ("server", "rst", "rst")]
)
async def test_a_reset_reaches_an_idle_connection_at_once(argument: str, client_end: str, server_end: str) -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "reset", argument)

        async with asyncio.timeout(SOON_S):
            assert await client.read_to_end() == (b"", client_end)
            assert await server.read_to_end() == (b"", server_end)
        closed = await play.closure()
        assert (closed.verdict.by, closed.verdict.forced) == ("disruption", "reset")


async def test_a_fin_ends_both_sides_without_a_close() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "fin")

        async with asyncio.timeout(SOON_S):
            assert await client.read_to_end() == (b"", "fin")
            assert await server.read_to_end() == (b"", "fin")
        assert (await play.closure()).verdict.forced == "fin"


async def test_a_half_closed_leg_still_says_something() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "half_close", "server")

        assert await server.read_to_end() == (b"", "fin")
        await server.send(frame(TEXT, b"x"))
        assert await client.read(3) == frame(TEXT, b"x")


async def test_half_open_hides_the_servers_end_until_it_is_lifted() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "half_open")
        assert await server.read_to_end() == (b"", "fin")

        waiting = asyncio.ensure_future(client.read(1))
        await client.send(frame(TEXT, b"into the void", masked=True))
        assert not waiting.done()
        play.monitor.disrupt(NAME, "half_open", "off")
        assert await waiting == b""
        assert (await play.closure()).verdict.forced == "half_open"


async def test_a_close_of_the_tap_is_the_last_word_and_its_answer_passes() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "close", "1012,restart,client")
        assert await client.read(4 + 7) == close(1012, "restart")

        await server.send(frame(TEXT, b"not any more"))
        await client.send(close(1012, masked=True))
        assert await server.read(8) == close(1012, masked=True)
        server.close()
        assert await client.read_to_end() == (b"", "fin")
        client.close()

        closed = (await play.closure()).verdict
        assert (closed.by, closed.forced, closed.received_code) == ("disruption", "close", 1012)


async def test_another_code_arrives() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "rewrite_close", "4401,down")
        await server.send(close(1000, "bye"))

        assert await client.read(7) == close(4401, "bye")
        assert (await play.wait(Control)).payload == b"\x03\xe8bye"


async def test_late_pongs_are_late_round_trips() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "delay_pongs", "200ms,down")
        await client.send(frame(PING, b"?", masked=True))
        await server.read(7)
        await server.send(frame(PONG, b"?"))

        assert await client.read(3) == frame(PONG, b"?")
        assert (await play.wait(RttSample)).round_trip_ns >= 200_000_000


async def test_messages_are_not_dropped_where_that_would_corrupt_the_others() -> None:
    async with playing() as play:
        await play.opened(DEFLATED)
        play.monitor.disrupt(NAME, "drop_messages", "0.5")

        failed = await play.wait(Disruption, lambda event: event.phase == "failed")
        assert "context takeover" in failed.error


async def test_messages_are_dropped() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "drop_messages", "1,down")
        await server.send(frame(TEXT, b"lost") + frame(PING, b"!"))

        assert await client.read(3) == frame(PING, b"!")


@pytest.mark.parametrize("side", ["client", "server"])
async def test_an_invalid_frame_goes_to_either_side(side: str) -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "invalid_frame", f"bad_opcode,{side}")

        if side == "client":
            assert await client.read(2) == bytes.fromhex("8300")
        else:
            assert await server.read(6) == bytes.fromhex("838000000000")
        await server.send(frame(TEXT, b"x"))
        assert await client.read(3) == frame(TEXT, b"x")


@pytest.mark.parametrize("how", ["fin", "rst"])
async def test_a_limit_delivers_exactly_so_many_bytes_and_ends(how: str) -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "limit_data", f"100000,{how},down")
        sending = asyncio.ensure_future(server.send(bytes(150_000)))

        assert await client.read_to_end() == (bytes(100_000), how)
        await asyncio.gather(sending, return_exceptions=True)
        assert (await play.closure()).verdict.forced == "limit_data"


async def test_a_stalled_leg_is_not_read() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "stall", "client")
        await client.send(frame(TEXT, b"stuck", masked=True))
        await server.send(frame(TEXT, b"x"))
        assert await client.read(3) == frame(TEXT, b"x")

        play.monitor.disrupt(NAME, "stall", "off")
        assert await server.read(11) == frame(TEXT, b"stuck", masked=True)


async def test_what_was_discarded_cannot_go_on() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "discard", "up")
        await client.send(frame(TEXT, b"gone", masked=True))
        await server.send(frame(TEXT, b"x"))
        assert await client.read(3) == frame(TEXT, b"x")
        play.monitor.disrupt(NAME, "discard", "off")

        assert (await server.read_to_end()) == (b"", "rst")
        assert (await play.closure()).verdict.forced == "discard"


async def test_a_lifetime_ends_what_is_older_and_lasts_only_so_long() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "lifetime", "1ms")

        assert await client.read_to_end() == (b"", "fin")
        assert await server.read_to_end() == (b"", "fin")
        assert (await play.closure()).verdict.forced == "lifetime"


async def test_the_end_of_one_leg_reaches_the_other_late() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "slow_close", "100ms")
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        server.close()

        assert await client.read_to_end() == (b"", "fin")
        assert loop.time() - began_s >= 0.099


@pytest.mark.skipif(sys.platform != "linux", reason="a filter of the Linux kernel")
async def test_a_black_hole_acknowledges_nothing_until_it_ends() -> None:
    async with connected() as (play, client, server):
        play.monitor.disrupt(NAME, "kernel_blackhole", "100ms,server")
        await server.send(frame(TEXT, b"dropped, then sent again"))

        await play.wait(Disruption, lambda event: event.phase == "ended")
        assert await client.read(26) == frame(TEXT, b"dropped, then sent again")


async def test_the_answer_can_come_late_and_with_the_first_frame() -> None:
    async with playing() as play:
        play.monitor.disrupt(NAME, "coalesce_101")
        client = await play.connect()
        await client.send(REQUEST)
        server = await play.accept()
        await server.read_head()
        await server.send(ANSWER)
        await play.wait(StateChanged, lambda event: event.new is State.OPEN)
        await server.send(frame(TEXT, b"welcome"))

        got = await asyncio.get_running_loop().sock_recv(client.sock, 65536)
        assert got == ANSWER + frame(TEXT, b"welcome")


async def test_openings_are_refused_for_a_time() -> None:
    async with playing() as play:
        port = play.port
        play.monitor.disrupt(NAME, "refuse")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        with pytest.raises(OSError, match="in use"), socket.socket() as other:
            other.bind(("127.0.0.1", port))
        play.monitor.disrupt(NAME, "refuse", "off")

        await play.opened()


async def test_openings_that_the_kernel_refuses_are_counted_where_it_lets_us_look() -> None:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM).close()
    except (AttributeError, OSError):
        pytest.skip("the kernel does not let us look (CAP_NET_RAW)")
    async with playing() as play:
        port = play.port
        play.monitor.disrupt(NAME, "refuse")
        for host in ("127.0.0.1", "::1", "127.0.0.1"):
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(host, port)
        play.monitor.disrupt(NAME, "refuse", "off")
        await play.opened()

        refused = [(one.reason, one.value) for one in play.events if isinstance(one, TapRefused)]
        assert refused == [("fault", "refuse"), ("fault", "refuse")]  # both addresses of localhost are one attempt


async def test_a_message_is_cut_in_its_middle() -> None:
    async with playing() as play:
        client, _ = await play.opened()
        play.monitor.disrupt(NAME, "cut_message")

        got, how = await client.read_to_end()
        assert got == b"\x81\x7e" + (2000).to_bytes(2, "big") + b"x" * 1000
        assert how == "rst"


async def test_so_many_openings_are_answered_in_the_servers_place() -> None:
    async with playing() as play:
        play.monitor.disrupt(NAME, "http", "503,10,n=1")
        client = await play.connect()
        await client.send(REQUEST)

        answer, _ = await client.read_to_end()
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"Retry-After: 10\r\n" in answer
        assert (await play.wait(TapRefused)).reason == "fault"
        await play.wait(Disruption, lambda event: event.phase == "ended")
        await play.opened()


async def test_an_opening_is_accepted_and_closed() -> None:
    async with playing() as play:
        play.monitor.disrupt(NAME, "accept_then_close", "1011")
        client = await play.connect()
        await client.send(REQUEST)

        answer, how = await client.read_to_end()
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
        assert answer.endswith(b"\r\n\r\n" + close(1011))
        assert how == "fin"


async def test_an_opening_that_hangs_is_let_go_at_the_end() -> None:
    async with playing() as play:
        play.monitor.disrupt(NAME, "hang")
        client = await play.connect()
        await client.send(REQUEST)
        await play.wait(TapRefused)
        play.monitor.disrupt(NAME, "hang", "off")

        assert (await client.read_to_end())[0] == b""


async def test_faults_of_the_settings_switch_themselves_on_and_off() -> None:
    fault = FaultConfig(kind="latency", argument="50ms", duration_s=0.01)
    async with playing(tap=TapConfig(fault=(fault,))) as play:
        started = await play.wait(Disruption, lambda event: event.phase == "started")
        ended = await play.wait(Disruption, lambda event: event.phase == "ended")

        assert started.is_shared
        assert ended.at_ns - started.at_ns >= 10_000_000


async def test_what_makes_no_sense_is_refused() -> None:
    async with playing() as play:
        with pytest.raises(DisruptionError, match="expected one of latency"):
            play.monitor.disrupt(NAME, "nonsense", "")
        with pytest.raises(DisruptionError, match="no client in slot 3"):
            play.monitor.disrupt(NAME, "reset", "", 3)
        play.monitor.disrupt(NAME, "reset", "")
        assert (await play.wait(Disruption, lambda event: event.phase == "failed")).error == "no client is connected"
