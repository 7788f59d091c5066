"""Whose connection it is, and whether its process still lives."""

import os
import socket
import subprocess
import sys

import pytest

from wsmonitor.tap.sockets.client_process import ClientProcess, fate_of, find, name_from

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")


def test_a_process_that_runs_lives() -> None:
    assert fate_of(ClientProcess(os.getpid(), "python")) == "lives"


def test_a_process_that_was_killed_is_gone_although_nobody_has_waited_for_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        assert fate_of(ClientProcess(process.pid, "python")) == "gone"
    assert fate_of(ClientProcess(process.pid, "python")) == "gone"


def test_of_nobody_nothing_is_said() -> None:
    assert fate_of(None) == ""


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_the_owner_of_a_connection_is_found_by_its_addresses(family: socket.AddressFamily) -> None:
    host = "::1" if family is socket.AF_INET6 else "127.0.0.1"
    with (
        socket.create_server((host, 0), family=family) as listening,
        socket.create_connection(listening.getsockname()[:2]) as client,
        listening.accept()[0] as accepted,
    ):
        found = find(accepted.getsockname()[:2], client.getsockname()[:2])

    assert found is not None
    assert found.pid == os.getpid()


def test_nobody_is_looked_for_once_nobody_asks() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()[:2]) as client,
        listening.accept()[0] as accepted,
    ):
        assert find(accepted.getsockname()[:2], client.getsockname()[:2], (os.getpid(),), lambda: False) is None


def test_nobody_is_found_for_a_connection_that_is_not_there() -> None:
    assert find(("127.0.0.1", 1), ("127.0.0.1", 2)) is None


@pytest.mark.parametrize(
    ("command_line", "name"),
    [
        (b"/usr/bin/python3\0/home/me/worker.py\0--fast\0", "python3 worker.py"),
        (b"node\0-e\0code\0", "node"),
        (b"/usr/lib/chromium/chromium --type=utility --user-data-dir=/tmp/prof\0", "chromium"),
        (b"", ""),
    ],
)
def test_a_process_is_called_as_it_was_started(command_line: bytes, name: str) -> None:
    assert name_from(command_line) == name
