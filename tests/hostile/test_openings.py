"""Servers that never get as far as a WebSocket: each fails soon, cheaply, and with words that fit."""

import pytest

from tests.hostile.arena import arena, python_memory_below
from wsmonitor.facts.events import State
from wsmonitor.settings.endpoint_settings import ConnectConfig

MEMORY_BYTES = 8 * 1024 * 1024
TIMEOUT_S = 1.0

WORDS = {
    "endless_headers": "HTTP/1.1 101 Switching Protocols, then expected no more than 128 headers",
    "one_endless_header": "expected no more than 8192 bytes",
    "endless_body": "HTTP/1.1 500 Oops, then body too large",
    "endless_chunks": "HTTP/1.1 500 Oops, then chunk too large",
    "slow_loris": "timed out: no answer within 1 s",
    "redirect_to_itself": "redirects",
    "http2_preface": "HTTP/2",
    "smtp_banner": "220 mail.example ESMTP",
    "tls_alert": "use wss://",
    "noise": "not HTTP",
    "wrong_everything": "does not upgrade",
    "unasked_extension": "extension",
}


@pytest.mark.parametrize("attack", WORDS)
async def test_what_is_no_opening_fails_in_its_phase_and_costs_little(attack: str, ports: dict[str, int]) -> None:
    with python_memory_below(MEMORY_BYTES):
        async with arena(ports[attack], connect=ConnectConfig(timeout_s=TIMEOUT_S)) as here:
            failure = await here.failure()

    assert failure.phase == "http"
    assert WORDS[attack] in failure.error
    assert failure.duration_ns <= (TIMEOUT_S + 0.5) * 1e9
    assert State.OPEN not in {change.new for change in here.events if hasattr(change, "new")}


async def test_a_clear_text_server_asked_for_tls_is_said_to_be_one(ports: dict[str, int]) -> None:
    from tests.engine.watching import endpoint, watching

    async with watching(endpoint(f"wss://127.0.0.1:{ports['smtp_banner']}/")) as watch:
        failure = await watch.failure()

    assert failure.phase == "tls"
    assert "TLS" in failure.error or "SSL" in failure.error
