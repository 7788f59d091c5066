"""Which servers may be tested without asking."""

import pytest

from wsmonitor.experiments.way import are_private, is_private


@pytest.mark.parametrize(
    ("addresses", "private"),
    [
        (("127.0.0.1",), True),
        (("10.1.2.3", "fe80::1%eth0"), True),
        (("192.168.1.5", "8.8.8.8"), False),
        (("2001:4860:4860::8888",), False),
        ((), False),
    ],
)
def test_every_address_must_be_private(addresses: tuple[str, ...], private: bool) -> None:
    assert are_private(addresses) is private


async def test_a_name_that_only_a_proxy_can_look_up_is_not_private() -> None:
    assert await is_private("localhost", 80, by_proxy=True)
    assert not await is_private("inside.example", 80, by_proxy=True)
