"""The race of several addresses, with sockets that cannot connect."""

import errno
import socket
from collections.abc import Callable

import pytest

from wsmonitor.engine.opening.happy_eyeballs import Race
from wsmonitor.engine.opening.resolver import Address

V6 = Address(socket.AF_INET6, ("2001:db8::1", 9, 0, 0))


def refused_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture
def no_ipv6_route(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting over IPv6 fails as on a machine without a route."""
    connect: Callable[..., None] = socket.socket.connect

    def fail_for_ipv6(self: socket.socket, address: tuple[object, ...]) -> None:
        if self.family == socket.AF_INET6:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", fail_for_ipv6)


@pytest.mark.usefixtures("no_ipv6_route")
async def test_an_address_that_refused_tells_more_than_a_family_without_a_route() -> None:
    race = Race(lambda: 0)

    with pytest.raises(ConnectionRefusedError):
        await race.run([V6, Address(socket.AF_INET, ("127.0.0.1", refused_port()))])

    assert [attempt.error for attempt in race.attempts] == ["Network is unreachable", "Connection refused"]


@pytest.mark.usefixtures("no_ipv6_route")
async def test_the_other_family_is_tried_at_once_when_the_first_has_no_route() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        race = Race(lambda: 0)

        winner = await race.run([V6, Address(socket.AF_INET, server.getsockname())])

        winner.close()
    assert race.attempts[1].error == ""


async def test_small_frames_leave_at_once_without_waiting_for_an_acknowledgement() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        winner = await Race(lambda: 0).run([Address(socket.AF_INET, server.getsockname())])

        with winner:
            assert winner.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
