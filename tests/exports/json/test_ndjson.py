"""The NDJSON contract, record by record."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from tests.facts.builders import kernel_sample, verdict
from wsmonitor.analysis.series.percentiles import RttSummary
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.exports.json.ndjson import Ndjson, encode_line
from wsmonitor.facts.answers import (
    Attempts,
    AuditStep,
    Bound,
    CheckResult,
    ExperimentAnswer,
    ExperimentLine,
    ExperimentPlan,
    ReconnectRow,
)
from wsmonitor.facts.earlier import EarlierFinding
from wsmonitor.facts.events import (
    AlertChanged,
    AnyEvent,
    BreakerChanged,
    Circumstances,
    ClockAnchor,
    ClockJump,
    ConnectionClosed,
    Control,
    Disruption,
    ExperimentProgress,
    ExperimentResult,
    HeartbeatMissed,
    KnownEarlier,
    LoopLag,
    Message,
    MessageStatus,
    NetworkChanged,
    Note,
    OpenFailed,
    OutboxChanged,
    PhaseDone,
    ProbeLost,
    ProbeStarted,
    RttSample,
    SamplesDropped,
    State,
    StateChanged,
    Unlisted,
)
from wsmonitor.facts.tap_events import (
    LegEnded,
    LegFact,
    ObserverLost,
    ProtocolViolated,
    TapCost,
    TapListening,
    TapOpened,
    TapRefused,
)
from wsmonitor.facts.wall_clock import WallClock

GOLDEN = Path(__file__).parent / "golden.ndjson"
EPOCH_NS = 1_700_000_000_000_000_000
WHO: Any = {"endpoint": "voice", "connection": 2, "slot": 1}

VERDICT = verdict(
    mechanism="close_frame",
    received_code=1011,
    received_reason="restart",
    sent_code=1011,
    sent_reason="",
    clean=True,
    life_ns=3_500_000_000,
    silence_rx_ns=250_000_000,
    silence_tx_ns=1_000_000,
)
FORCED = verdict(by="disruption", initiator="local", mechanism="rst", life_ns=1, forced="tcp_reset")
AROUND = Circumstances(
    first_close="rx",
    answer_ns=1_500_000,
    tcp_end="fin",
    tcp_end_ns=42_000_000,
    unsent_bytes=None,
    in_doubt=2,
    waiting=3,
    lag_ns=7_000_000,
    lag_window_ns=10_000_000_000,
)
TAPPED = replace(VERDICT, initiator="local", tapped=True)
CROSSED = replace(
    AROUND,
    legs=(
        LegFact(fact="close_up", how="close", after_ns=0),
        LegFact(fact="close_down", how="close", after_ns=5_000, independent=True),
    ),
)
EVENTS: tuple[AnyEvent, ...] = (
    StateChanged(at_ns=0, endpoint="voice", old=State.IDLE, new=State.RESOLVING, attempt=1, cause="asked to connect"),
    StateChanged(at_ns=1, **WHO, old=State.CLOSING, new=State.BACKOFF, attempt=2, retry_in_ns=1_500_000_000),
    PhaseDone(at_ns=2, **WHO, phase="http", duration_ns=12_345_678, detail={"server": "x", "set-cookie": "s=1"}),
    OpenFailed(
        at_ns=3,
        **WHO,
        phase="http",
        error="503 from ws://h/?token=t",
        duration_ns=1_000_000,
        status=503,
        retry_after_ns=2_000_000_000,
    ),
    RttSample(at_ns=4, **WHO, kind="ws", round_trip_ns=1_234_567, lag_ns=1000),
    RttSample(at_ns=4, **WHO, kind="app", round_trip_ns=9_000_000_000, late=True),
    kernel_sample(
        5,
        **WHO,
        rtt_ns=40_000_000,
        rtt_var_ns=2_000_000,
        min_rtt_ns=100_000,
        unacked=1,
        retransmits=2,
        total_retransmits=3,
        unsent_bytes=4,
    ),
    HeartbeatMissed(at_ns=6, **WHO, kind="ws", consecutive=2, waited_ns=10_000_000_000),
    Message(at_ns=7, **WHO, direction="rx", opcode=1, size_bytes=9, wire_bytes=11, payload=b'{"a":"\xc3\xa9"}'),
    Message(
        at_ns=8, **WHO, direction="tx", opcode=2, size_bytes=9000, wire_bytes=9008, fragments=3, payload=b"\x00\xff"
    ),
    Control(at_ns=9, **WHO, direction="rx", opcode=8, payload=b"\x03\xf3bye"),
    Control(at_ns=9, **WHO, direction="tx", opcode=8),
    Control(at_ns=10, **WHO, direction="tx", opcode=10, payload=b"\x01\x02", suppressed=True),
    OutboxChanged(at_ns=11, **WHO, depth=3, bytes=42, dropped=1),
    MessageStatus(at_ns=12, **WHO, message_id=7, status="unknown", reason="connection lost"),
    ConnectionClosed(at_ns=13, **WHO, verdict=VERDICT, circumstances=AROUND),
    ConnectionClosed(at_ns=14, **WHO, verdict=FORCED),
    Disruption(at_ns=15, **WHO, kind="stall", phase="started", argument="3"),
    BreakerChanged(at_ns=16, **WHO, state="open", reason="five failures"),
    NetworkChanged(at_ns=17, **WHO, old_address="10.0.0.1", new_address=""),
    ExperimentProgress(at_ns=17, **WHO, name="idle", step="steady state"),
    ExperimentProgress(
        at_ns=17,
        **WHO,
        name="idle",
        plan=ExperimentPlan(
            question="after how much silence?",
            prediction="60 s: Server: nginx",
            bound=Bound(time_s=190.0, openings=60, connections=21, sent_bytes=12_300),
        ),
    ),
    ExperimentProgress(
        at_ns=17,
        **WHO,
        name="idle",
        line=ExperimentLine(
            number=3, group="S", opened_ns=10, planned_ns=60_000_000_000, ended_ns=2_500_000_010, how="RST"
        ),
    ),
    ExperimentProgress(
        at_ns=17,
        **WHO,
        name="reconnect",
        step="silence: recovery",
        audit=AuditStep(
            stage="recovery",
            is_connected=True,
            faults_left=3,
            ends_by_ns=60_000_000_017,
            fault="silence",
            subscription=('{"op": "subscribe"}',),
            attempts=Attempts(tries_s=(36.1,), open_s=((0.0, 36.0), (36.2, None)), lifted_s=36.1, watched_s=37.0),
        ),
    ),
    ExperimentResult(
        at_ns=17,
        **WHO,
        answer=ExperimentAnswer(
            name="idle",
            question="after how much silence?",
            prediction="60.0 s",
            bound=Bound(time_s=190.0, openings=60, connections=29, sent_bytes=12_345),
            status="completed",
            verdict="finding",
            answer="ends after 60.0 s",
            value={"limit_s": 60.0, "reset_by": "any byte"},
            error={"limit_s": 0.1, "reset_by": None},
            confidence=0.95,
            evidence=("9 of 9 ended",),
            not_told=("whether a longer timer waits",),
            advice="ping every 25 s",
            checks=(CheckResult(id="a/b", verdict="as expected", expected="x", actual="x", section="RFC 6455, 5.1"),),
            rows=(ReconnectRow(fault="reset", verdict="ok", sentence="back 1.0 s after it happened", back_s=1.0),),
            sent=("9 connections opened",),
        ),
    ),
    LoopLag(at_ns=18, lag_ns=1_500_000),
    ClockJump(at_ns=19, kind="sleep", gap_ns=60_000_000_000),
    SamplesDropped(at_ns=20, count=5),
    SamplesDropped(
        at_ns=5_000_000_000,
        count=5,
        unlisted=(
            Unlisted(
                **WHO,
                first_ns=3_500_000_000,
                last_ns=4_500_000_000,
                received=3,
                received_bytes=300,
                sent=1,
                sent_bytes=20,
            ),
        ),
    ),
    ConnectionClosed(at_ns=23, **WHO, verdict=TAPPED, circumstances=CROSSED),
    TapListening(
        at_ns=24,
        **WHO,
        addresses=("127.0.0.1:9001", "[::1]:9001"),
        upstream="wss://shop/live?token=t",
        url="ws://localhost:9001/",
    ),
    TapOpened(at_ns=25, **WHO, client_address="127.0.0.1:50000", pid=8121, process="node server.js"),
    LegEnded(
        at_ns=26,
        **WHO,
        leg="client",
        how="rst",
        after_close_ns=1_500_000,
        silence_rx_ns=2_000_000_000,
        silence_tx_ns=3_000_000,
        unsent_bytes=7,
        process="gone",
    ),
    TapCost(at_ns=27, **WHO, p50_ns=38_000, p99_ns=120_000, max_ns=1_000_000, chunks=900),
    TapRefused(at_ns=28, **WHO, reason="origin", value="https://evil.example"),
    ObserverLost(at_ns=29, **WHO, direction="tx", reason="a length that cannot be", offset=12),
    ProtocolViolated(at_ns=30, **WHO, direction="rx", rule="opcode 3 is reserved", offset=0),
    OutboxChanged(at_ns=31, **WHO, depth=0, bytes=70_000, direction="rx", paused_ns=2_500_000),
    ProbeLost(at_ns=21, reason="killed"),
    ProbeStarted(at_ns=22, pid=4242),
    Note(at_ns=31, text="deployed 1.4\x1b", moment_ns=2_000_000_012),
    AlertChanged(at_ns=31, endpoint="voice", rule="drops often", raised=True, text="3 drops in 5 min"),
    KnownEarlier(
        at_ns=30,
        endpoint="voice",
        closures=9,
        failures=1,
        findings=(
            EarlierFinding(
                rule="idle_timeout",
                severity="problem",
                confidence=0.9,
                summary="Connections end after 15.0 s without a byte.",
                fix="Beat every 6.5 s.",
                how="resolved",
                reason="no such end since it pings every 6.5 s.",
                limit_ns=15_000_000_000,
            ),
        ),
    ),
)


def ndjson(**options: Any) -> Ndjson:
    return Ndjson(WallClock(EPOCH_NS), **options)


def test_the_contract_stays_as_it_is() -> None:
    """Change `golden.ndjson` only by adding fields: scripts of users read these lines."""
    mapping = ndjson()

    lines = [mapping.line(event) for event in EVENTS]
    lines.append(encode_line(mapping.summary(SUMMARY, 23)))

    assert b"".join(line for line in lines if line) == GOLDEN.read_bytes()


def test_every_event_has_a_golden_line() -> None:
    assert {type(event) for event in EVENTS} | {ClockAnchor} == set(get_args(AnyEvent))


def test_every_record_has_the_common_fields() -> None:
    mapping = ndjson()

    for event in EVENTS:
        record = mapping.record(event)
        assert record is not None
        assert list(record)[:5] == ["schema_version", "type", "endpoint", "time", "connection"]
        assert record["schema_version"] == 1


def test_time_follows_the_latest_anchor() -> None:
    mapping = ndjson()
    event = LoopLag(at_ns=5_000_000_000, lag_ns=0)

    before = mapping.record(event)
    anchor = mapping.record(ClockAnchor(at_ns=1_000_000_000, wall_ns=2_000_000_000_000_000_000))
    after = mapping.record(event)

    assert anchor is None
    assert before is not None
    assert before["time"] == 1_700_000_005.0
    assert after is not None
    assert after["time"] == 2_000_000_004.0


def test_secrets_are_shown_only_if_asked() -> None:
    phase, failed = EVENTS[2], EVENTS[3]

    hidden = b"".join(ndjson().line(event) or b"" for event in (phase, failed))
    shown = b"".join(ndjson(show_secrets=True).line(event) or b"" for event in (phase, failed))

    assert b"s=1" not in hidden
    assert b"token=t" not in hidden
    assert b"s=1" in shown
    assert b"token=t" in shown


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b31m", "\u202e", "a\nb", "é", "\x7f", '"\\'])
def test_a_line_is_ascii_and_says_the_text_unaltered(text: str) -> None:
    payload = text.encode()
    message = Message(
        at_ns=1, endpoint="a", direction="rx", opcode=1, size_bytes=len(payload), wire_bytes=9, payload=payload
    )

    line = ndjson().line(message)

    assert line is not None
    assert line.endswith(b"\n")
    assert all(0x20 <= byte < 0x7F for byte in line[:-1])
    assert json.loads(line)["preview"] == text


def test_a_preview_is_the_head_and_does_not_cut_a_character() -> None:
    payload = ("é" * 500).encode()[:-1]
    long = Message(at_ns=1, endpoint="a", direction="rx", opcode=1, size_bytes=5000, wire_bytes=1, payload=payload)
    short = Message(at_ns=1, endpoint="a", direction="rx", opcode=1, size_bytes=5000, wire_bytes=1, payload=payload[:5])

    assert (ndjson().record(long) or {})["preview"] == "é" * 200
    assert (ndjson().record(short) or {})["preview"] == "éé"


def test_kinds_without_samples_are_null_in_the_summary() -> None:
    record = ndjson().summary(SUMMARY, 0)

    assert record["rtt_ms"]["tcp"] == {
        "count": 0,
        "p50": None,
        "p90": None,
        "p99": None,
        "max": None,
        "loss_percent": None,
    }


SUMMARY = EndpointSummary(
    endpoint="voice",
    connections=2,
    attempts=3,
    failures=1,
    open_ns=4_500_000_000,
    rtt={
        "ws": RttSummary(
            count=3, p50_ns=1_000_000, p90_ns=2_000_000, p99_ns=3_000_000, max_ns=3_000_000, misses=1, loss=0.25
        ),
        "app": RttSummary(count=0, p50_ns=None, p90_ns=None, p99_ns=None, max_ns=None, misses=1, loss=1.0),
    },
    closures=(VERDICT, FORCED),
    closures_total=2,
    outbox_peak=3,
    messages_sent=4,
    messages_received=5,
)
