"""What holds for every URL of the lab: requests, errors, state, the end."""

import asyncio
import json

import pytest

from tests.lab.raw_client import CLOSE, PING, PONG, TEXT, End, Frame, RawClient, client_frame, close_body
from tests.waiting import until_async
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.server import Lab


@pytest.mark.parametrize(
    ("target", "status", "words"),
    [
        ("/nowhere", 404, "There are: echo, "),
        (
            "/idle_close?after=5",
            400,
            "'after': expected a duration such as 500ms, 5s or 2m, found '5'. Example: ?after=",
        ),
        ("/idle_close?afer=5s", 400, "Unknown parameter 'afer'; this scenario knows: after, silence, how, room."),
        ("/close_code?code=70000", 400, "'code'"),
        ("/refuse", 421, "address of its own: ws://127.0.0.1:"),
    ],
)
async def test_a_wrong_url_is_answered_with_what_is_wrong(lab: Lab, target: str, status: int, words: str) -> None:
    answer = await RawClient.get(f"ws://127.0.0.1:{lab.port}{target}")

    assert answer.status == status
    assert words in answer.body.decode()


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", b"426"),
        ("GET /echo HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n", b"426"),
        ("GET /echo HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: short\r\n\r\n", b"400"),
        ("hello\r\n\r\n", b"400"),
        ("GET /" + "x" * 100_000 + " HTTP/1.1\r\n\r\n", b"431"),
    ],
    ids=["no upgrade", "old version", "bad key", "no HTTP", "too long"],
)  # fmt: skip
async def test_a_bad_request_is_answered(lab: Lab, request_text: str, status: bytes) -> None:
    async with await RawClient.dial(lab.urls["echo"]) as client:
        client.writer.write(request_text.encode())

        assert (await client.reader.readline()).split()[1] == status


async def test_the_first_offered_subprotocol_is_taken(lab: Lab) -> None:
    answer = await RawClient.get(lab.urls["echo"], headers="Sec-WebSocket-Protocol: v2, v1\r\n")

    assert answer.headers["sec-websocket-protocol"] == "v2"


async def test_a_request_and_frames_in_one_segment_are_both_read(lab: Lab) -> None:
    async with await RawClient.dial(lab.urls["echo"]) as client:
        client.writer.write(
            b"GET /echo HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" + client_frame(TEXT, b"early")
        )
        await client.reader.readuntil(b"\r\n\r\n")

        assert await client.next() == Frame(TEXT, b"early")


INVALID_FRAMES = {
    "unmasked": (client_frame(TEXT, b"hi", masked=False), 1002),
    "bad_opcode": (client_frame(3), 1002),
    "rsv1": (client_frame(TEXT, rsv=4), 1002),
    "long_ping": (client_frame(PING, bytes(126)), 1002),
    "bad_utf8": (client_frame(TEXT, b"\xff\xfe"), 1007),
    "orphan_continuation": (client_frame(0), 1002),
    "interleaved": (client_frame(TEXT, fin=False) + client_frame(TEXT), 1002),
    "close_1005": (client_frame(CLOSE, close_body(1005)), 1002),
    "close_one_byte": (client_frame(CLOSE, b"\x03"), 1002),
    "close_bad_utf8": (client_frame(CLOSE, b"\x03\xe8\xff"), 1007),
}


@pytest.mark.parametrize("name", INVALID_FRAMES)
async def test_a_violation_is_failed_with_the_code_of_rfc_6455(lab: Lab, name: str) -> None:
    data, code = INVALID_FRAMES[name]
    async with await RawClient.open(lab.urls["echo"]) as client:
        client.writer.write(data)

        close = await client.next()

        assert isinstance(close, Frame)
        assert close.opcode == CLOSE
        assert close.payload[:2] == close_body(code)
        client.send(CLOSE, close_body(code))
        assert await client.next() is End.FIN


async def test_fragments_with_control_frames_between_them_are_one_message(lab: Lab) -> None:
    async with await RawClient.open(lab.urls["echo"]) as client:
        client.send(TEXT, b"gr\xc3", fin=False)
        client.send(PING, b"between")
        client.send(0, b"\xbc\xc3\x9f", fin=True)

        assert await client.next() == Frame(PONG, b"between")
        assert await client.next() == Frame(TEXT, "grüß".encode())


async def test_a_close_without_code_is_answered_without_code(lab: Lab) -> None:
    async with await RawClient.open(lab.urls["echo"]) as client:
        client.send(CLOSE)

        assert await client.next() == Frame(CLOSE, b"")


async def test_the_same_seed_gives_the_same_sequence_to_every_room(lab: Lab) -> None:
    async def endings(room: str) -> list[Frame | End]:
        url = f"{lab.urls['mixed_endings']}?low=1ms&high=5ms&seed=5&room={room}"
        seen = []
        for _ in range(6):
            async with await RawClient.open(url) as client:
                seen.append(await client.next())
        return seen

    assert await endings("a") == await endings("b")


async def test_stopping_ends_every_connection_and_frees_the_port(lab: Lab) -> None:
    clients = [await RawClient.open(lab.urls[name]) for name in ("echo", "no_close_reply", "flood", "silent", "drip")]
    hanging = [await RawClient.dial(lab.urls[name]) for name in ("hang_http", "hang_tls")]
    clients[1].send(CLOSE, close_body(1000))

    async with asyncio.timeout(2):
        await lab.stop()

    assert lab.open_connections == 0
    with pytest.raises(ConnectionRefusedError):
        await RawClient.dial(lab.urls["echo"])
    for client in (*clients, *hanging):
        client.writer.transport.abort()


async def test_a_client_that_vanishes_leaves_nothing_behind(lab: Lab) -> None:
    for name in ("echo", "jitter", "ramp", "idle_close", "not_reading", "flood", "drip", "big_message", "replaced"):
        client = await RawClient.open(lab.urls[name])
        client.writer.transport.abort()

    await until_async("every connection gone", lambda: lab.open_connections == 0)


async def test_a_taken_port_is_an_error_and_a_scenario_without_its_port_is_left_out() -> None:
    first = Lab({"echo": load_scenarios(["echo"])["echo"]})
    await first.start()

    with pytest.raises(OSError, match="address already in use"):
        await Lab({}, port=first.port).start()

    await first.stop()


async def test_the_page_lists_every_scenario_with_url_and_parameters(lab: Lab) -> None:
    listed = json.loads((await RawClient.get(f"ws://127.0.0.1:{lab.port}/scenarios.json")).body)
    page = await RawClient.get(f"ws://127.0.0.1:{lab.port}/")

    assert {it["id"]: it["url"] for it in listed} == lab.urls
    idle = next(it for it in listed if it["id"] == "idle_close")
    assert [parameter["name"] for parameter in idle["parameters"]] == ["after", "silence", "how"]
    assert page.headers["content-type"].startswith("text/html")
    data = page.body.decode().split('type="application/json">')[1].split("</script>")[0]
    assert json.loads(data) == listed
