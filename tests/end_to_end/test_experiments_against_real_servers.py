"""Experiments about servers that are not ours, whose limits are in their documentation."""

import asyncio

import pytest

from tests.end_to_end.servers import in_thread, starlette_server, websockets_server
from wsmonitor.experiments.laboratory import Laboratory
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import ExperimentAnswer
from wsmonitor.facts.events import AnyEvent, ExperimentResult
from wsmonitor.settings.endpoint_settings import EndpointConfig

MIB = 1024 * 1024
HOSTILE = ExperimentOptions(max_s=60, hostile=True, message="hello, world")


async def asked(url: str, name: str, options: ExperimentOptions) -> ExperimentAnswer:
    answer: asyncio.Future[ExperimentAnswer] = asyncio.get_running_loop().create_future()

    def note(event: AnyEvent) -> None:
        if isinstance(event, ExperimentResult):
            answer.set_result(event.answer)

    laboratory = Laboratory(note)
    laboratory.start(EndpointConfig(name="server", url=url), name, options)
    found = await answer
    await laboratory.close()
    return found


def worth_telling(answer: ExperimentAnswer) -> set[str]:
    return {f"{row.id} {row.verdict}" for row in answer.checks if row.verdict in ("violates", "differs")}


@pytest.mark.timeout(120)
async def test_websockets_has_its_limits_and_keeps_the_protocol_but_for_what_is_known() -> None:
    with in_thread(websockets_server) as port:
        url = f"ws://127.0.0.1:{port}/echo"
        limits, protocol, close = await asyncio.gather(
            asked(url, "limits", ExperimentOptions(max_s=60, max_bytes=2 * MIB)),
            asked(f"{url}?1", "protocol", HOSTILE),
            asked(f"{url}?2", "close", HOSTILE),
        )

    assert limits.value == {"frame_bytes": MIB, "message_bytes": MIB, "connections": None, "openings_per_s": None}
    assert limits.error["frame_bytes"] == limits.error["message_bytes"] == 0
    assert not [row for row in protocol.checks if row.verdict.startswith("inconclusive")]
    assert worth_telling(protocol) == {"handshake/version-8 differs", "handshake/version-99 differs"}
    assert worth_telling(close) == {"close/in-fragments differs"}


@pytest.mark.timeout(120)
async def test_uvicorn_keeps_the_closing_handshake_but_for_a_close_inside_a_message() -> None:
    with in_thread(starlette_server) as port:
        close = await asked(f"ws://127.0.0.1:{port}/echo", "close", HOSTILE)

    assert worth_telling(close) == {"close/in-fragments differs"}
