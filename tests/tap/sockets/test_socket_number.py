"""A socket is found by its addresses, whichever way the kernel tells."""

import os
import socket
from collections.abc import Callable

import pytest

from wsmonitor.tap.sockets import socket_number as module
from wsmonitor.tap.sockets.socket_number import Address, socket_number

Way = Callable[[Address, Address], int | None]
both_ways = pytest.mark.parametrize("way", [module._asked, module._listed])


@both_ways
@pytest.mark.parametrize(("listens", "connects"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "127.0.0.1")])
def test_a_socket_is_found_by_its_addresses(way: Way, listens: str, connects: str) -> None:
    family = socket.AF_INET6 if ":" in listens else socket.AF_INET
    with (
        socket.create_server((listens, 0), family=family, dualstack_ipv6=listens == "::") as listening,
        socket.create_connection((connects, listening.getsockname()[1])) as client,
        listening.accept()[0],
    ):
        number = way(client.getsockname()[:2], client.getpeername()[:2])

        assert os.stat(client.fileno()).st_ino == number


@both_ways
def test_a_client_on_a_socket_for_both_families_is_found_by_its_address_of_the_older(way: Way) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.socket(socket.AF_INET6) as client,
    ):
        client.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        client.connect(("::ffff:127.0.0.1", listening.getsockname()[1]))
        accepted, peer = listening.accept()
        with accepted:
            number = way(peer, accepted.getsockname())

            assert os.stat(client.fileno()).st_ino == number


@both_ways
def test_nothing_is_found_where_nothing_is(way: Way) -> None:
    assert way(("127.0.0.1", 1), ("127.0.0.1", 2)) is None


def test_where_the_kernel_may_not_be_asked_all_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_local: Address, _remote: Address) -> int | None:
        raise PermissionError

    monkeypatch.setattr(module, "_asked", refused)
    monkeypatch.setattr(module, "_listed", lambda _local, _remote: 7)

    assert socket_number(("127.0.0.1", 1), ("127.0.0.1", 2)) == 7


@pytest.mark.parametrize(("known", "expected"), [((), 7), ((2,), None)], ids=["not even ours", "ours"])
def test_where_the_kernel_knows_nothing_at_all_all_are_listed(
    monkeypatch: pytest.MonkeyPatch, known: tuple[int, ...], expected: int | None
) -> None:
    monkeypatch.setattr(module, "_asked", lambda local, _remote: 9 if local[1] in known else None)
    monkeypatch.setattr(module, "_listed", lambda _local, _remote: 7)

    assert socket_number(("127.0.0.1", 1), ("127.0.0.1", 2)) == expected
