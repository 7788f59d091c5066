"""SECURITY.md makes promises; each has its test here or is named there with the one that it has."""

import ast
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from tests.end_to_end import servers
from tests.end_to_end.running import run, watch
from tests.engine.peer import Wire, peer
from tests.engine.watching import endpoint, watching
from tests.waiting import until
from wsmonitor.facts.events import OpenFailed, ProbeStarted, State
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig, TlsConfig

PACKAGE = Path(__file__).parents[2] / "wsmonitor"
SECRET = "s3cret-0815"
LISTEN = "0A"
NEVER_CALLED = {"eval", "exec", "system", "popen"}
NEVER_IMPORTED = {"pickle", "marshal", "shelve", "telnetlib"}
COPIES_IN_MEMORY = PACKAGE / "analysis/checkpoints.py"
"""It reads what it pickled itself, and what never left this process: nobody else can have made it."""


def listening(pid: int) -> list[str]:
    """Addresses (hexadecimal, as the kernel has them) on which a process listens."""
    inodes = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(fd)
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == LISTEN and rest[5] in inodes:
                found.append(local.partition(":")[0])
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for sockets in /proc")
def test_the_probe_listens_on_nothing_and_is_told_no_secret_on_its_command_line() -> None:
    client = ProbeClient()
    client.start()
    config = EndpointConfig(name="one", url=f"ws://127.0.0.1:1/?token={SECRET}", headers={"Cookie": SECRET})
    client.command(channel.AddEndpoint(config=config))
    client.command(channel.ConnectEndpoint(endpoint="one"))
    try:
        until("a failed dial", lambda: any(isinstance(event, OpenFailed) for event in client.take()))
        assert client.pid is not None

        assert listening(client.pid) == []
        for name in ("cmdline", "environ"):
            assert SECRET.encode() not in Path(f"/proc/{client.pid}/{name}").read_bytes()
    finally:
        client.close()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for sockets in /proc")
def test_the_lab_listens_on_loopback_only() -> None:
    command = [sys.executable, "-P", "-m", "wsmonitor", "lab", "--until-stdin-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as lab:
        assert lab.stdout is not None
        lab.stdout.readline()
        addresses = listening(lab.pid)
        assert lab.stdin is not None
        lab.stdin.close()

    loopback = int.from_bytes(socket.inet_aton("127.0.0.0"), sys.byteorder) & 0xFF
    assert addresses
    assert all(int(address, 16) & 0xFF == loopback for address in addresses)


@pytest.mark.parametrize("output", ["json", "text"])
def test_secrets_are_neither_printed_nor_recorded(output: str, tmp_path: Path) -> None:
    recording = tmp_path / "run.wsmon"
    with servers.in_thread(servers.websockets_server) as port:
        done = run(
            *("watch", f"ws://127.0.0.1:{port}/echo?token={SECRET}", f"ws://127.0.0.1:1/?api_key={SECRET}"),
            *("-o", output, "-H", f"Cookie: a={SECRET}", "--auth", f"user:{SECRET}", "--duration", "1s"),
            *("--record", str(recording)),
        )

    assert SECRET not in "\n".join(done.lines) + done.errors
    assert SECRET.encode() not in recording.read_bytes()


def test_a_recording_is_for_its_owner_alone(tmp_path: Path) -> None:
    recording = tmp_path / "run.wsmon"
    before = os.umask(0o022)
    try:
        run("watch", "ws://127.0.0.1:1/", "--once", "--duration", "1s", "--record", str(recording))
    finally:
        os.umask(before)

    assert stat.S_IMODE(recording.stat().st_mode) & 0o077 == 0


def test_a_certificate_is_verified_unless_told_otherwise() -> None:
    context = servers.server_context(trustme.CA())
    with servers.in_thread(lambda: servers.websockets_server(context)) as port:
        strict = watch(f"wss://127.0.0.1:{port}/echo", until=lambda seen: bool(seen.of_type("open_failed")))
        lax = watch(
            *(f"wss://127.0.0.1:{port}/echo", "-k"),
            until=lambda seen: any(one["new"] == "open" for one in seen.of_type("state_changed")),
        )

    failure = strict.of_type("open_failed")[0]
    assert failure["phase"] == "tls"
    assert "certificate" in failure["error"]
    assert not lax.of_type("open_failed")


async def test_a_redirect_to_another_server_gets_no_credentials() -> None:
    seen: list[dict[str, str]] = []

    async def receives(wire: Wire) -> None:
        await wire.upgrade()
        seen.append(wire.headers)
        await wire.gone()

    async with peer(receives) as other:

        async def redirects(wire: Wire) -> None:
            await wire.request()
            seen.append(wire.headers)
            wire.write(f"HTTP/1.1 307 There\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n".encode())
            await wire.gone()

        async with peer(redirects) as first:
            config = endpoint(first.url, auth=f"user:{SECRET}", headers={"Cookie": SECRET, "X-Plain": "kept"})
            async with watching(config) as watched:
                await watched.state(State.OPEN)

    asked, redirected = seen
    assert {"authorization", "cookie"} <= set(asked)
    assert not {"authorization", "cookie"} & set(redirected)
    assert redirected["x-plain"] == "kept"


async def test_a_redirect_from_wss_to_ws_is_refused(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    async def redirects(wire: Wire) -> None:
        await wire.request()
        wire.write(b"HTTP/1.1 307 There\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        await wire.gone()

    trusting = TlsConfig(ca=str(tmp_path / "ca.pem"))
    async with (
        peer(redirects, tls=servers.server_context(authority)) as secure,
        watching(endpoint(secure.url, tls=trusting)) as watched,
    ):
        failure = await watched.failure()

    assert "wss:// to ws://" in failure.error
    assert failure.fatal


def test_files_beside_the_user_shadow_no_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ssl.py").write_text("raise SystemExit('a file of the user was run')")
    monkeypatch.chdir(tmp_path)
    client = ProbeClient()

    client.start()
    try:
        until("the probe", lambda: any(isinstance(event, ProbeStarted) for event in client.take()))
    finally:
        client.close()


def test_nothing_that_comes_from_outside_is_ever_run_as_code() -> None:
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in NEVER_CALLED:
                    found.append(f"{path}:{node.lineno} {name}")
                case ast.keyword(arg="shell", value=ast.Constant(value=True)):
                    found.append(f"{path}: shell=True")
                case ast.Import(names=[ast.alias(name="pickle")]) if path == COPIES_IN_MEMORY:
                    pass
                case ast.Import(names=names) if NEVER_IMPORTED & {name.name for name in names}:
                    found.append(f"{path}:{node.lineno} import")
                case ast.ImportFrom(module=module) if module in NEVER_IMPORTED:
                    found.append(f"{path}:{node.lineno} import")

    assert found == []
