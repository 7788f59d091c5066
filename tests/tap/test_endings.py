"""Endings pass as they are, and who was first is told."""

import asyncio
import fcntl
import socket
import ssl
import struct
import sys
from pathlib import Path

import pytest
import trustme

from tests.engine.conftest import Certificates
from tests.tap.frames import TEXT, close, frame
from tests.tap.playing import ANSWER, REQUEST, Play, Raw, connected, playing
from wsmonitor.engine.clocks.clock import SystemClock
from wsmonitor.facts.events import ConnectionClosed, OpenFailed, OutboxChanged, State, StateChanged
from wsmonitor.facts.tap_events import LegEnded, TapOpened
from wsmonitor.settings.endpoint_settings import ConnectConfig, TapConfig, TlsConfig
from wsmonitor.tap import relaying

MUCH = bytes(200_000)


def first(closed: ConnectionClosed) -> tuple[str, str]:
    return closed.verdict.initiator, closed.verdict.mechanism


def facts(closed: ConnectionClosed) -> list[tuple[str, str]]:
    assert closed.circumstances is not None
    assert closed.circumstances.legs is not None
    return [(one.fact, one.how) for one in closed.circumstances.legs]


async def test_a_fin_of_the_client_stays_a_fin_and_half_of_the_connection_goes_on() -> None:
    async with connected() as (play, client, server):
        client.half_close()

        assert await server.read_to_end() == (b"", "fin")
        await server.send(frame(TEXT, b"still there"))
        assert await client.read(13) == frame(TEXT, b"still there")
        server.close()
        assert await client.read_to_end() == (b"", "fin")

        closed = await play.closure()
        assert first(closed) == ("local", "fin")
        assert facts(closed) == [("client_end", "fin"), ("server_end", "fin")]


async def test_a_fin_of_the_server_stays_a_fin() -> None:
    async with connected() as (play, client, server):
        await server.send(MUCH)
        server.close()

        assert await client.read_to_end() == (MUCH, "fin")
        client.close()
        assert first(await play.closure()) == ("peer", "fin")


async def test_a_reset_of_the_server_stays_a_reset_and_what_came_before_it_arrives() -> None:
    async with connected() as (play, client, server):
        await server.send(MUCH)
        await delivered(server)
        server.reset()

        assert await client.read_to_end() == (MUCH, "rst")
        closed = await play.closure()
        assert first(closed) == ("peer", "rst")
        assert facts(closed) == [("server_end", "rst")]


async def test_a_reset_of_the_client_stays_a_reset_and_what_came_before_it_arrives() -> None:
    async with connected() as (play, client, server):
        await client.send(MUCH)
        await delivered(client)
        client.reset()

        assert await server.read_to_end() == (MUCH, "rst")
        assert first(await play.closure()) == ("local", "rst")


async def test_what_arrived_before_a_reset_is_read_although_a_write_finds_the_reset_first() -> None:
    async with connected() as (play, client, server):
        way_up = play.pair.ways["tx"]
        play.pair.legs["server"].pause()
        await server.send(MUCH[:50_000])
        await delivered(server)
        server.reset()

        way_up.push(frame(TEXT, b"x", masked=True), SystemClock(asyncio.get_running_loop()).now_ns())

        assert await client.read_to_end() == (MUCH[:50_000], "rst")
        assert first(await play.closure()) == ("peer", "rst")


async def test_a_client_that_dies_with_unread_bytes_resets() -> None:
    async with connected() as (play, client, server):
        await server.send(b"unread")
        await readable(client)
        client.close()

        assert (await server.read_to_end())[1] == "rst"
        assert first(await play.closure()) == ("local", "rst")


async def test_a_client_that_resets_while_the_server_does_not_read_is_noticed() -> None:
    async with connected(tap=TapConfig(small_buffers=True)) as (play, client, server):
        server.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        flood = asyncio.ensure_future(asyncio.get_running_loop().sock_sendall(client.sock, bytes(64 << 20)))
        await play.wait(OutboxChanged, lambda event: event.direction == "tx" and event.bytes > 0)
        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)
        client.reset()

        ended = await play.wait(LegEnded)
        assert (ended.leg, ended.how) == ("client", "rst")


async def test_clients_can_be_spoken_to_over_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    file = tmp_path / "tap.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(file)
    context = ssl.create_default_context()
    authority.configure_trust(context)

    async with playing(tap=TapConfig(cert=str(file))) as play:
        reader, writer = await asyncio.open_connection("127.0.0.1", play.port, ssl=context)
        writer.write(REQUEST)
        server = await play.accept()
        await server.read_head()
        await server.send(ANSWER + frame(TEXT, b"welcome"))
        assert await reader.readexactly(len(ANSWER) + 9) == ANSWER + frame(TEXT, b"welcome")
        writer.write(close(1000, masked=True))
        assert await server.read(8) == close(1000, masked=True)
        server.close()
        assert await reader.read() == b""
        writer.close()

        closed = await play.closure()
        assert first(closed) == ("local", "close_frame")


async def test_a_close_and_its_answer_are_told_in_their_order() -> None:
    async with connected() as (play, client, server):
        await client.send(close(1000, masked=True))
        await server.read(8)
        await server.send(close(1000))
        server.close()
        await client.read_to_end()
        client.close()

        closed = await play.closure()
        assert first(closed) == ("local", "close_frame")
        assert closed.verdict.clean
        assert facts(closed) == [
            ("close_up", "close"),
            ("close_down", "close"),
            ("server_end", "fin"),
            ("client_end", "fin"),
        ]
        ended = play.all(LegEnded)
        assert [one.leg for one in ended] == ["server", "client"]
        assert all(one.after_close_ns is not None for one in ended)


async def test_a_killed_client_is_told_with_its_process() -> None:
    async with playing() as play:
        process, server = await in_another_process(play)
        opened = await play.wait(TapOpened)
        process.kill()
        await process.wait()
        server.close()

        ended = await play.wait(LegEnded, lambda event: event.leg == "client")
        assert opened.pid == process.pid
        assert (ended.how, ended.process) == ("fin", "gone")
        assert first(await play.closure()) == ("local", "fin")


async def test_a_client_that_only_closes_its_socket_lives_on() -> None:
    async with connected() as (play, client, server):
        await play.wait(TapOpened)
        client.close()
        server.close()

        ended = await play.wait(LegEnded, lambda event: event.leg == "client")
        assert ended.process == "lives"


async def test_half_a_connection_that_says_nothing_ends_after_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaying, "HALF_OPEN_LIMIT_NS", 50_000_000)

    async with connected() as (play, client, server):
        client.half_close()

        assert (await client.read_to_end())[0] == b""
        closed = await play.closure()
        assert facts(closed) == [("client_end", "fin"), ("server_end", "ours")]
        assert first(closed) == ("local", "fin")
        assert (await server.read_to_end())[0] == b""


async def test_stopping_the_tap_ends_both_legs_and_says_so() -> None:
    async with connected() as (play, client, server):
        play.monitor.stop("tap")

        assert await client.read_to_end() == (b"", "fin")
        assert await server.read_to_end() == (b"", "fin")
        closed = await play.closure()
        assert closed.verdict.by == "stop"
        assert play.monitor.all_stopped()


async def test_a_server_that_is_not_there_is_502_with_its_phase_and_the_tap_goes_on() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{unused.getsockname()[1]}/"

    async with playing(url=url) as play:
        client = await play.connect()
        await client.send(REQUEST)
        answer, how = await client.read_to_end()

        assert answer.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        assert b"tcp: connection refused" in answer
        assert how == "fin"
        assert (await play.wait(OpenFailed)).phase == "tcp"
        again = await play.connect()
        await again.send(REQUEST)
        assert (await again.read_head()).startswith(b"HTTP/1.1 502")


async def test_a_tap_that_mimics_resets_where_the_server_is_not_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{unused.getsockname()[1]}/"

    async with playing(url=url, tap=TapConfig(mimic=True)) as play:
        client = await play.connect()
        await client.send(REQUEST)

        assert await client.read_to_end() == (b"", "rst")


@pytest.mark.parametrize(("end", "word"), [(Raw.close, "FIN"), (Raw.reset, "RST")])
async def test_a_server_that_ends_instead_of_answering_is_told_and_passed_on(end: object, word: str) -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST)
        server = await play.accept()
        await server.read_head()
        end(server)  # type: ignore[operator]  # one of the two above

        assert await client.read_to_end() == (b"", word.lower())
        assert word in (await play.wait(OpenFailed)).error


async def test_a_client_that_leaves_before_the_answer_is_told() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST)
        server = await play.accept()
        await server.read_head()
        client.reset()

        assert (await server.read_to_end())[1] == "rst"
        failed = await play.wait(OpenFailed)
        assert "your client ended the connection before the server answered" in failed.error


async def test_a_server_that_does_not_accept_ends_within_the_limit_of_the_settings() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as waiting:
        full.listen(0)
        waiting.connect(full.getsockname())
        more = [socket.socket() for _ in range(4)]
        for one in more:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        url = f"ws://127.0.0.1:{full.getsockname()[1]}/"

        async with playing(url=url, connect=ConnectConfig(timeout_s=0.1)) as play:
            client = await play.connect()
            await client.send(REQUEST)

            assert b"no answer within 0.1 s" in (await client.read_to_end())[0]
        for one in more:
            one.close()


async def test_over_tls_frames_are_understood_and_each_ending_stays_itself(certificates: Certificates) -> None:
    ended: asyncio.Queue[str] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER + frame(TEXT, b"welcome"))
        assert await reader.read() == frame(TEXT, b"bye", masked=True)
        await ended.put("fin")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificates.good) as server:
        port = server.sockets[0].getsockname()[1]
        tls = TlsConfig(ca=certificates.ca_file)
        async with playing(url=f"wss://127.0.0.1:{port}/", tls=tls) as play:
            client = await play.connect()
            await client.send(REQUEST)
            assert await client.read(len(ANSWER) + 9) == ANSWER + frame(TEXT, b"welcome")
            await client.send(frame(TEXT, b"bye", masked=True))
            client.half_close()

            assert await asyncio.wait_for(ended.get(), 5) == "fin"
            assert (await client.read_to_end()) == (b"", "fin")
            assert first(await play.closure()) == ("local", "fin")


async def test_a_certificate_that_is_not_accepted_is_told_and_nothing_is_sent(certificates: Certificates) -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificates.untrusted) as server:
        url = f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with playing(url=url, tls=TlsConfig(ca=certificates.ca_file)) as play:
            client = await play.connect()
            await client.send(REQUEST)

            assert (await client.read_head()).startswith(b"HTTP/1.1 502")
            failed = await play.wait(OpenFailed)
            assert failed.phase == "tls"
            assert "certificate not accepted" in failed.error


async def test_the_state_of_a_slot_goes_from_idle_to_idle() -> None:
    async with connected() as (play, client, server):
        client.close()
        server.close()
        await play.wait(StateChanged, lambda event: event.new is State.IDLE)

        states = [event.new for event in play.all(StateChanged)]
        assert states == [
            State.RESOLVING,
            State.CONNECTING,
            State.UPGRADING,
            State.OPEN,
            State.CLOSING,
            State.IDLE,
        ]


async def delivered(raw: Raw) -> None:
    """The other end's kernel has everything: a reset throws away what is still on its way."""
    async with asyncio.timeout(5):
        while unacknowledged(raw):  # noqa: ASYNC110  # the kernel tells nobody
            await asyncio.sleep(0)


def unacknowledged(raw: Raw) -> int:
    return int(struct.unpack("i", fcntl.ioctl(raw.sock, 0x5411, b"\0\0\0\0"))[0])


async def readable(raw: Raw) -> None:
    """Something waits to be read."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(raw.sock, ready.set)
    await asyncio.wait_for(ready.wait(), 5)
    loop.remove_reader(raw.sock)


async def in_another_process(play: Play) -> tuple[asyncio.subprocess.Process, Raw]:
    """A client that opens and then waits for ever, and its server's end."""
    script = (
        "import socket, sys\n"
        f"sock = socket.create_connection(('127.0.0.1', {play.port}))\n"
        f"sock.sendall({REQUEST!r})\n"
        f"sock.recv({len(ANSWER)}, socket.MSG_WAITALL)\n"
        "sock.recv(1)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
    server = await play.accept()
    await server.read_head()
    await server.send(ANSWER)
    await play.wait(StateChanged, lambda event: event.new is State.OPEN)
    return process, server
