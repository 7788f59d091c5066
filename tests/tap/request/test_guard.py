"""Who may use the tap: Host and Origin decide, before anything is dialled."""

import pytest

from wsmonitor.tap.request.guard import Guard
from wsmonitor.tap.request.request_head import parse_request


def refusal_status(guard: Guard, *headers: str) -> int | None:
    head = "\r\n".join(["GET / HTTP/1.1", *headers, "", ""]).encode("latin-1")
    refusal = guard.refusal(parse_request(head))
    return None if refusal is None else int(refusal.answer.split()[1])


@pytest.mark.parametrize("host", ["localhost:9001", "LOCALHOST", "127.0.0.1:9001", "127.9.9.9", "[::1]:9001"])
def test_loopback_is_served(host: str) -> None:
    assert refusal_status(Guard(), f"Host: {host}") is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:9001",
        "localhost@evil.example",
        "10.0.0.1",
        "localhost:x",
        "localhost/..",
        "0x7f.1",
        "",
    ],
)
def test_a_name_that_was_bound_to_loopback_is_not_served(host: str) -> None:
    assert refusal_status(Guard(), f"Host: {host}") == 421


def test_a_request_has_one_host() -> None:
    assert refusal_status(Guard()) == 400
    assert refusal_status(Guard(), "Host: localhost", "Host: evil.example") == 400


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:8080", "http://tap.local:9001"]
)
def test_pages_of_this_machine_and_of_the_tap_itself_are_served(origin: str) -> None:
    guard = Guard(hosts=frozenset({"tap.local"}))

    assert refusal_status(guard, "Host: tap.local:9001", f"Origin: {origin}") is None


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost.evil.example", "null", "file://", "http://localhost@evil.example", "x"],
)
def test_a_page_of_another_site_is_refused(origin: str) -> None:
    assert refusal_status(Guard(), "Host: localhost", f"Origin: {origin}") == 403


def test_what_is_refused_says_the_flag_that_allows_it() -> None:
    refusal = Guard().refusal(
        parse_request(b"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n\r\n")
    )

    assert refusal is not None
    assert b"--allow-origin https://app.example" in refusal.answer


def test_what_is_allowed_is_allowed_exactly() -> None:
    guard = Guard(hosts=frozenset({"dev.example"}), origins=frozenset({"https://app.example"}))

    assert refusal_status(guard, "Host: dev.example:9001", "Origin: https://app.example") is None
    assert refusal_status(guard, "Host: a.dev.example") == 421
    assert refusal_status(guard, "Host: dev.example", "Origin: https://app.example.evil") == 403


def test_elsewhere_than_on_loopback_addresses_are_served_and_names_are_not() -> None:
    guard = Guard(is_anywhere=True)

    assert refusal_status(guard, "Host: 10.0.0.1:9001") is None
    assert refusal_status(guard, "Host: evil.example") == 421
