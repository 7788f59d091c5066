"""Every setting of a tap is read by it."""

import socket
from typing import Any

import pytest
from msgspec.structs import fields

from tests.engine.conftest import Certificates
from tests.tap.playing import REQUEST, playing
from wsmonitor.facts.events import OpenFailed
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.settings.endpoint_settings import ConnectConfig, TapConfig


async def test_every_setting_of_a_tap_is_read(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{unused.getsockname()[1]}/"
    for name in (field.name for field in fields(TapConfig)):
        monkeypatch.setattr(TapConfig, name, _watched(TapConfig.__dict__[name], name, seen))

    async with playing(url=url, tap=TapConfig()) as play:
        client = await play.connect()
        await client.send(REQUEST)
        await play.wait(OpenFailed)
    async with playing(url=url, tap=TapConfig(cert=certificates.client_file)) as play:
        assert play.all(TapListening)[0].url.startswith("wss://")

    assert seen == {field.name for field in fields(TapConfig)}


def _watched(stored: Any, name: str, seen: set[str]) -> property:
    def read(owner: Any) -> Any:
        seen.add(name)
        return stored.__get__(owner)

    return property(read)


async def test_the_address_of_the_settings_is_dialled_in_place_of_the_host() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"ws://nobody.invalid:{unused.getsockname()[1]}/"
        async with playing(url=url, connect=ConnectConfig(address="127.0.0.1")) as play:
            client = await play.connect()
            await client.send(REQUEST)
            failed = await play.wait(OpenFailed)

    assert failed.phase == "tcp"


async def test_headers_credentials_and_origin_of_the_settings_go_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")

    async with playing("/live", headers={"X-Token": "${TOKEN}"}, auth="a:b", origin="https://shop") as play:
        client = await play.connect()
        await client.send(REQUEST)
        server = await play.accept()
        head = await server.read_head()

    assert head.startswith(b"GET /live HTTP/1.1\r\n")
    assert b"X-Token: s3cret\r\n" in head
    assert b"Authorization: Basic YTpi\r\n" in head
    assert b"Origin: https://shop\r\n" in head
