"""`wsmonitor watch` as its user starts it, against a plain `websockets` server."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Record = dict[str, Any]
Handler = Callable[[ServerConnection], Coroutine[Any, Any, None]]
CONTRACT = {
    "summary": {
        "connections", "attempts", "open_s", "rtt_ms", "closures", "outbox_peak",
        "messages_sent", "messages_received", "findings",
    },
    "connection_closed": {"verdict"},
    "state_changed": {"old", "new", "attempt", "retry_in_s"},
    "message": {"direction", "opcode", "size_bytes", "preview"},
    "rtt_sample": {"kind", "rtt_ms"},
    "phase_done": {"phase", "duration_ms"},
    "open_failed": {"phase", "status", "error", "fatal"},
    "outbox_changed": {"depth", "bytes"},
}  # fmt: skip


async def echo(ws: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in ws:
            await ws.send(message)


@asynccontextmanager
async def server(handler: Handler = echo, **options: Any) -> AsyncIterator[str]:
    async with serve(handler, "127.0.0.1", 0, **options) as running:
        port = running.sockets[0].getsockname()[1]
        yield f"{'wss' if 'ssl' in options else 'ws'}://127.0.0.1:{port}"


class Watch:
    """A `wsmonitor watch` that runs or is about to."""

    def __init__(self, *args: str, stdout: int = subprocess.PIPE, **environ: str) -> None:
        self.args = args
        self.stdout = stdout
        self.environ = environ

    async def start(self) -> asyncio.subprocess.Process:
        """Start it; whoever does so waits for its end."""
        command = [sys.executable, "-P", "-m", "wsmonitor", "watch", *self.args]
        return await asyncio.create_subprocess_exec(
            *command, stdout=self.stdout, stderr=subprocess.PIPE, env=os.environ | self.environ
        )

    async def finished(self) -> tuple[int, str, str]:
        """Exit code, stdout and stderr, once it has ended."""
        return await finished(await self.start())

    async def records(self) -> list[Record]:
        """What it printed as NDJSON, once it has ended well."""
        code, out, err = await self.finished()
        assert (code, err) == (0, "")
        return [json.loads(line) for line in out.splitlines()]


async def finished(process: asyncio.subprocess.Process) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a running process, once it has ended."""
    out, err = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode is not None
    return process.returncode, (out or b"").decode(), err.decode()


def of_type(kind: str, records: list[Record]) -> list[Record]:
    return [record for record in records if record["type"] == kind]


async def test_the_whole_contract_is_printed() -> None:
    async with server() as url:
        records = await Watch(
            url,
            "-o",
            "json",
            "--duration",
            "1.5",
            "--ping-interval",
            "200ms",
            "--send",
            "n ${seq}",
            "--send-every",
            "400ms",
        ).records()

    assert {"summary", "connection_closed", "state_changed", "message", "rtt_sample", "phase_done"} <= {
        record["type"] for record in records
    }
    for record in records:
        assert {"schema_version", "type", "endpoint", "time", "connection"} <= record.keys()
        assert CONTRACT.get(record["type"], set()) <= record.keys()
        assert record["endpoint"] in ("", url)
    assert [record["type"] for record in records].count("summary") == 1
    assert records[-1]["type"] == "summary"
    times = [record["time"] for record in records]
    assert all(later > earlier - 0.05 for earlier, later in pairwise(times)), "told as it happened; stamped before"


async def test_a_filter_chooses_events_and_leaves_the_summary() -> None:
    async with server() as url:
        arguments = ("-o", "json", "--duration", "1", "--send", "a ${seq}", "--send-every", "200ms")
        records = await Watch(url, *arguments, "--filter", "rx & size:3 & payload~/a [12]/").records()
        code, _, err = await Watch(url, "--filter", "size>big").finished()

    assert [(r["type"], r.get("preview")) for r in records] == [
        ("message", "a 1"),
        ("message", "a 2"),
        ("summary", None),
    ]
    assert code == 2
    assert "expected a size such as 512, 1k or 2.5M" in err


async def test_messages_are_numbered_and_counted() -> None:
    async with server() as url:
        records = await Watch(
            url, "-o", "json", "--duration", "1.2", "--send", "a ${seq}", "--send", "b ${seq}", "--send-every", "500ms"
        ).records()

    sent = [r["preview"] for r in of_type("message", records) if r["direction"] == "tx"]
    received = [r["preview"] for r in of_type("message", records) if r["direction"] == "rx"]
    (summary,) = of_type("summary", records)
    assert sent == ["a 1", "b 2", "a 3", "b 4", "a 5", "b 6"]
    assert received == sent
    assert (summary["messages_sent"], summary["messages_received"]) == (6, 6)


async def test_our_own_stop_is_a_clean_closure_by_stop() -> None:
    async with server() as url:
        records = await Watch(url, "-o", "json", "--duration", "500ms").records()

    (closure,) = of_type("connection_closed", records)
    assert closure["verdict"]["by"] == "stop"
    assert closure["verdict"]["initiator"] == "local"
    assert closure["verdict"]["mechanism"] == "close_frame"
    assert closure["verdict"]["clean"] is True
    assert of_type("summary", records)[0]["closures"] == [closure["verdict"]]
    assert of_type("state_changed", records)[-1]["new"] == "stopped", "complete to the last event"


async def test_once_ends_with_the_first_connection() -> None:
    async def restart(ws: ServerConnection) -> None:
        await ws.close(1012, "restart")

    async with server(restart) as url:
        records = await Watch(url, "-o", "json", "--duration", "30", "--once").records()

    (closure,) = of_type("connection_closed", records)
    assert (closure["verdict"]["received_code"], closure["verdict"]["received_reason"]) == (1012, "restart")
    assert closure["verdict"]["initiator"] == "peer"
    assert of_type("summary", records)[0]["connections"] == 1


async def test_a_forced_disconnect_says_so_and_the_endpoint_comes_back() -> None:
    async with server() as url:
        records = await Watch(
            url, "-o", "json", "--duration", "2.5", "--disrupt", "graceful_close:4000,bye@300ms"
        ).records()

    closures = [record["verdict"] for record in of_type("connection_closed", records)]
    assert [verdict["forced"] for verdict in closures] == ["graceful_close", None]
    assert (closures[0]["by"], closures[0]["sent_code"], closures[0]["sent_reason"]) == ("disruption", 4000, "bye")
    assert of_type("summary", records)[0]["connections"] == 2


async def test_echo_sends_every_message_back() -> None:
    answers: list[str | bytes] = []

    async def ask(ws: ServerConnection) -> None:
        await ws.send("text")
        await ws.send(b"\x00\x01")
        answers.extend([await ws.recv(), await ws.recv()])

    async with server(ask) as url:
        await Watch(url, "-o", "json", "--echo", "--once", "--duration", "20").records()

    assert answers == ["text", b"\x00\x01"]


async def test_request_headers_and_subprotocol_reach_the_server() -> None:
    seen: list[tuple[str | None, str | None, str | None, str | None]] = []

    async def look(ws: ServerConnection) -> None:
        assert ws.request is not None
        headers = ws.request.headers
        seen.append((headers["X-A"], headers["Origin"], headers["Authorization"], ws.subprotocol))

    async with server(look, subprotocols=["v2"]) as url:
        asked = ("-H", "X-A: ${VALUE}", "--origin", "https://o", "--auth", "u:p", "-s", "v2")
        await Watch(url, "--once", "-q", *asked, VALUE="from here").finished()

    assert seen == [("from here", "https://o", "Basic dTpw", "v2")]


async def test_secrets_are_hidden_unless_asked_for() -> None:
    async with server() as url:
        secret = f"{url}/?token=hunter2"
        hidden = await Watch(secret, "-o", "json", "--duration", "300ms", "-H", "Cookie: hunter2").finished()
        shown = await Watch(secret, "-o", "json", "--duration", "300ms", "--show-secrets").finished()

    assert "hunter2" not in hidden[1] + hidden[2]
    assert f"{url}/?token=***" in hidden[1]
    assert "token=hunter2" in shown[1]


async def test_a_certificate_of_our_own_is_trusted_by_ca_or_insecure(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    async with server(ssl=context) as url:
        refused = await Watch(url, "-o", "json", "--once").records()
        trusted = await Watch(url, "-o", "json", "--duration", "500ms", "--ca", str(tmp_path / "ca.pem")).records()
        unchecked = await Watch(url, "-o", "json", "--duration", "500ms", "-k").records()

    (failure,) = of_type("open_failed", refused)
    assert (failure["phase"], failure["fatal"]) == ("tls", True)
    for records in (trusted, unchecked):
        assert of_type("summary", records)[0]["connections"] == 1


async def test_a_workspace_is_watched(tmp_path: Path) -> None:
    async with server() as url:
        (tmp_path / "w.toml").write_text(
            f'[[endpoint]]\nname = "one"\nurl = "{url}"\n[[endpoint]]\nname = "one"\nurl = "{url}"\n'
        )
        records = await Watch(
            "--workspace", str(tmp_path / "w.toml"), url, "-o", "json", "--duration", "500ms", "-q"
        ).records()

    assert [record["endpoint"] for record in records] == ["one", "one #2", url]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_with_a_summary_and_130(number: signal.Signals) -> None:
    opened = asyncio.Event()

    async def wait(ws: ServerConnection) -> None:
        opened.set()
        await ws.wait_closed()

    async with server(wait) as url:
        process = await Watch(url, "-o", "json").start()
        await asyncio.wait_for(opened.wait(), 20)
        process.send_signal(number)
        code, out, err = await finished(process)

    assert (code, err) == (130, "")
    assert json.loads(out.splitlines()[-1])["type"] == "summary"


async def test_a_reader_that_has_seen_enough_ends_it_quietly() -> None:
    reader, writer = os.pipe()
    async with server() as url:
        args = (url, "-o", "json", "--send", "x", "--send-every", "20ms", "--duration", "30")
        process = await Watch(*args, stdout=writer).start()
        os.close(writer)
        os.read(reader, 1)
        os.close(reader)
        code, _, err = await finished(process)

    assert (code, err) == (0, "")


async def test_a_blocked_stdout_stalls_neither_the_measuring_nor_the_exit() -> None:
    numbers: list[str | bytes] = []

    async def collect(ws: ServerConnection) -> None:
        async for message in ws:
            numbers.append(message)

    reader, writer = os.pipe()
    async with server(collect) as url:
        args = (url, "-o", "json", "--send", "${seq} " + "x" * 300, "--send-every", "2ms", "--duration", "2")
        process = await Watch(*args, stdout=writer).start()
        os.close(writer)
        code, _, err = await finished(process)  # nobody has read a byte
    os.close(reader)

    assert (code, err) == (0, "")
    assert len(numbers) > 150  # the pipe holds the lines of about 50


async def test_fail_on_grades_the_run() -> None:
    async def drop(ws: ServerConnection) -> None:
        await ws.close(1011)

    async with server(drop) as url:
        fine = await Watch(url, "-q", "--once").finished()
        warned = await Watch(url, "-q", "--once", "--fail-on", "warning").finished()
        no_problem = await Watch(url, "-q", "--once", "--fail-on", "problem").finished()
    never_opened = await Watch(url, "-q", "--once", "--fail-on", "problem").finished()

    assert [run[0] for run in (fine, warned, no_problem, never_opened)] == [0, 3, 0, 3]


async def test_text_is_for_people() -> None:
    async with server() as url:
        code, out, err = await Watch(
            url, "--duration", "700ms", "--ping-interval", "200ms", "--send", "\x1b[31mhi"
        ).finished()
        coloured = await Watch(url, "--duration", "300ms", "--color", "always", NO_COLOR="1").finished()

    assert (code, err) == (0, "")
    assert "→ open" in out
    assert "␛[31mhi" in out
    assert "\x1b" not in out
    assert "1 connection in 1 attempt" in out
    assert "\x1b[" in coloured[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
async def test_an_output_that_cannot_be_written_is_a_runtime_failure() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    async with server() as url:
        code, _, err = await Watch(url, "--duration", "20", stdout=full).finished()
    os.close(full)

    assert code == 1
    assert err == "wsmonitor watch: stdout cannot be written: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(("path", "code"), [("", 1), ("refuse", 3)], ids=["fine", "bad"])
async def test_an_output_that_cannot_be_written_does_not_hide_what_fail_on_asks_for(path: str, code: int) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    async with server() as url:
        words = (url if not path else "ws://127.0.0.1:1", "--quiet", "--duration", "500ms", "--fail-on", "problem")
        found, _, err = await Watch(*words, stdout=full).finished()
    os.close(full)

    assert found == code
    assert "stdout cannot be written" in err
    assert ("nothing as bad as" if code == 1 else "as bad as --fail-on problem, and") in err
