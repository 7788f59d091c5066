"""`watch -o json` against servers that nobody here wrote, over ws and wss."""

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.end_to_end import servers
from tests.end_to_end.running import Finished, watch


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A certificate authority made for this run, and its certificate as a file."""
    made = trustme.CA()
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, path


@pytest.fixture
def plain_server() -> Iterator[int]:
    with servers.in_thread(servers.websockets_server) as port:
        yield port


@pytest.fixture
def starlette_server() -> Iterator[int]:
    with servers.in_thread(servers.starlette_server) as port:
        yield port


def is_open(seen: Finished) -> bool:
    return "open" in [record["new"] for record in seen.of_type("state_changed")]


def test_an_echo_is_measured_and_our_own_stop_is_its_only_closure(plain_server: int) -> None:
    seen = watch(
        f"ws://127.0.0.1:{plain_server}/echo",
        *("--ping-interval", "0.2s", "--send", "hello ${seq}", "--send-every", "0.3s"),
        until=lambda seen: len(seen.of_type("rtt_sample")) >= 8,
    )

    assert (seen.code, seen.errors) == (130, "")
    assert [record["new"] for record in seen.of_type("state_changed")] == [
        *("resolving", "connecting", "upgrading", "open", "closing", "stopped")
    ]
    assert [record["phase"] for record in seen.of_type("phase_done")] == ["dns", "tcp", "http", "app_ready"]
    samples = [record["rtt_ms"] for record in seen.of_type("rtt_sample") if record["kind"] == "ws"]
    assert len(samples) >= 4
    assert all(0 < sample < 1000 for sample in samples)
    previews = [(record["direction"], record["preview"]) for record in seen.of_type("message")]
    assert previews[:2] == [("tx", "hello 1"), ("rx", "hello 1")]
    (closed,) = seen.of_type("connection_closed")
    assert closed["verdict"]["by"] == "stop"
    assert closed["verdict"]["clean"] is True
    (summary,) = seen.of_type("summary")
    assert summary["connections"] == 1
    assert summary["messages_sent"] == summary["messages_received"] >= 4
    assert summary["rtt_ms"]["ws"]["count"] == len(samples)


def test_a_close_by_the_server_is_reported_with_its_code_and_dialled_again(plain_server: int) -> None:
    seen = watch(
        f"ws://127.0.0.1:{plain_server}/goodbye",
        *("--send", "go", "--send-every", "0.5s"),
        until=lambda seen: len(seen.of_type("connection_closed")) == 2,
    )

    verdicts = [record["verdict"] for record in seen.of_type("connection_closed")]
    by_server = [verdict for verdict in verdicts if verdict["by"] is None]
    assert len(by_server) >= 2
    for verdict in by_server:
        assert (verdict["initiator"], verdict["mechanism"]) == ("peer", "close_frame")
        assert (verdict["received_code"], verdict["received_reason"]) == (4001, "goodbye")
        assert (verdict["sent_code"], verdict["clean"], verdict["forced"]) == (4001, True, None)


def test_a_server_that_crashes_on_a_message_is_seen_as_a_fin_without_a_close(starlette_server: int) -> None:
    url = f"ws://127.0.0.1:{starlette_server}/crash"
    seen = watch(url, "--send", "boom", "--once", "--ping-interval", "1h")  # a ping it did not read makes it a RST

    (closed,) = seen.of_type("connection_closed")
    assert (closed["verdict"]["initiator"], closed["verdict"]["mechanism"]) == ("peer", "fin")
    assert closed["verdict"]["received_code"] is None
    assert seen.of_type("state_changed")[-1]["new"] == "stopped"


def test_a_refused_upgrade_is_a_fatal_failure_in_phase_http(starlette_server: int) -> None:
    seen = watch(f"ws://127.0.0.1:{starlette_server}/deny", "--once", "--fail-on", "problem")

    assert seen.code == 3
    (failed,) = seen.of_type("open_failed")
    assert (failed["phase"], failed["status"], failed["fatal"]) == ("http", 403, True)


def test_forced_disconnects_say_so_and_name_their_kind(starlette_server: int) -> None:
    seen = watch(
        f"ws://127.0.0.1:{starlette_server}/echo",
        *("--disrupt", "tcp_reset@0.5s", "--disrupt", "graceful_close:4000,bye@1.8s"),
        until=lambda seen: len(seen.of_type("connection_closed")) == 2,
    )

    verdicts = [record["verdict"] for record in seen.of_type("connection_closed")]
    assert [(verdict["forced"], verdict["mechanism"]) for verdict in verdicts[:2]] == [
        ("tcp_reset", "rst"),
        ("graceful_close", "close_frame"),
    ]
    assert (verdicts[1]["sent_code"], verdicts[1]["received_code"]) == (4000, 4000)


def test_wss_is_verified_against_the_given_authority(authority: tuple[trustme.CA, Path]) -> None:
    made, path = authority
    server = functools.partial(servers.websockets_server, servers.server_context(made))

    with servers.in_thread(server) as port:
        trusted = watch(f"wss://localhost:{port}/echo", "--ca", str(path), until=is_open)
        untrusted = watch(f"wss://localhost:{port}/echo", "--once")
        unverified = watch(f"wss://localhost:{port}/echo", "-k", until=is_open)

    assert [record["phase"] for record in trusted.of_type("phase_done")] == ["dns", "tcp", "tls", "http"]
    (failed,) = untrusted.of_type("open_failed")
    assert (failed["phase"], failed["fatal"]) == ("tls", True)
    assert "certificate" in failed["error"]
    assert is_open(unverified)


def test_wss_under_uvicorn_carries_messages(authority: tuple[trustme.CA, Path], tmp_path: Path) -> None:
    made, path = authority
    certificate = made.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    certificate.private_key_pem.write_to_path(str(key))
    for part in certificate.cert_chain_pems:
        part.write_to_path(str(chain), append=True)

    with servers.in_thread(functools.partial(servers.starlette_server, (str(chain), str(key)))) as port:
        seen = watch(
            f"wss://127.0.0.1:{port}/echo",
            *("--ca", str(path), "--send", "over TLS"),
            until=lambda seen: len(seen.of_type("message")) == 2,
        )

    assert ("rx", "over TLS") in [(record["direction"], record["preview"]) for record in seen.of_type("message")]
