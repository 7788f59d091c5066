"""No file descriptor is left: openings fail with words that say so, what is open stays, and all comes back."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end import servers

CONNECTIONS = 40
ROOM = 20
"""Descriptors for everything; a dozen are taken by Python, the event loop and output."""

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit (Linux)")


@pytest.fixture
def port() -> Iterator[int]:
    with servers.in_thread(servers.websockets_server) as port:
        yield port


def facts(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    return map(json.loads, process.stdout)


def test_openings_without_a_descriptor_fail_clearly_and_recover(port: int, tmp_path: Any) -> None:
    workspace = tmp_path / "many.toml"
    workspace.write_text(
        f'[[endpoint]]\nname = "many"\nurl = "ws://127.0.0.1:{port}/echo"\nconnections = {CONNECTIONS}\n'
        "retry = { base_s = 0.1, cap_s = 0.3, breaker = false }\n"
    )
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    command = [sys.executable, "-P", "-m", "wsmonitor", "watch", "-o", "json", "--workspace", str(workspace)]
    starved = ["sh", "-c", 'ulimit -S -n "$0" && exec "$@"', str(ROOM), *command]
    with subprocess.Popen(starved, stdout=subprocess.PIPE, text=True) as process:
        failures = []
        opened = set()
        probe = 0
        for fact in facts(process):
            if fact["type"] == "probe_started":
                probe = fact["pid"]  # it measures, and inherited our limit
            if fact["type"] == "open_failed":
                failures.append(fact)
                resource.prlimit(probe, resource.RLIMIT_NOFILE, (1024, hard))
            if fact["type"] == "state_changed" and fact["new"] == "open":
                opened.add(fact["slot"])
            if failures and len(opened) == CONNECTIONS:
                break
        process.terminate()
        (summary,) = (fact for fact in facts(process) if fact["type"] == "summary")

    failure = failures[0]
    assert "too many open files" in failure["error"].lower()
    assert failure["phase"] in ("dns", "tcp")
    assert not failure["fatal"]
    assert summary["connections"] == CONNECTIONS
    assert [closure["by"] for closure in summary["closures"]] == ["stop"] * CONNECTIONS, "what was open stayed open"
