"""Experiments in the probe, beside the monitoring: started and stopped by commands, told by events."""

import pytest
from msgspec import structs

from tests.engine.peer import peer, polite
from tests.probe.processes import Using, endpoint
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import (
    ConnectionClosed,
    ExperimentProgress,
    ExperimentResult,
    ProbeStarted,
    State,
    StateChanged,
)
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import TapConfig


def start(url: str, max_s: float) -> channel.StartExperiment:
    return channel.StartExperiment(config=endpoint(url), name="idle", options=ExperimentOptions(max_s=max_s))


async def test_an_experiment_tells_its_progress_and_one_result_and_leaves_the_monitored_connection_alone(
    using: Using,
) -> None:
    async with peer(polite) as listening:
        await using.done(channel.AddEndpoint(config=endpoint(listening.url, ping_s=0.5)))
        await using.done(channel.ConnectEndpoint(endpoint="peer"))
        await using.fact(StateChanged, lambda change: change.new is State.OPEN)

        await using.done(start(listening.url, 1.0))
        result = await using.fact(ExperimentResult)

    assert (result.endpoint, result.answer.name, result.answer.status) == ("peer", "idle", "completed")
    assert [one.line.group for one in using.all(ExperimentProgress) if one.line and one.line.group == "S"]
    assert not using.all(ConnectionClosed)


async def test_it_is_stopped_by_a_command_and_answers_all_the_same(using: Using) -> None:
    async with peer(polite) as listening:
        await using.fact(ProbeStarted)
        await using.done(start(listening.url, 600.0))
        await using.fact(ExperimentProgress, lambda one: one.line is not None and one.line.group == "S")
        await using.done(channel.StopExperiment(endpoint="peer"))
        result = await using.fact(ExperimentResult)

    assert result.answer.status == "interrupted"


async def test_two_at_a_time_and_unknown_ones_are_refused(using: Using) -> None:
    async with peer(polite) as listening:
        await using.fact(ProbeStarted)
        await using.done(start(listening.url, 600.0))
        with pytest.raises(WsmonitorError, match="another experiment runs"):
            await using.done(start(listening.url, 600.0))
        with pytest.raises(WsmonitorError, match="no experiment is called"):
            await using.done(channel.StartExperiment(config=endpoint(listening.url), name="nonsense"))
        await using.done(channel.StopExperiment(endpoint="peer"))
        await using.fact(ExperimentResult)


async def test_a_client_is_tested_only_behind_a_tap(using: Using) -> None:
    async with peer(polite) as listening:
        await using.fact(ProbeStarted)
        with pytest.raises(WsmonitorError, match="it needs a tap"):
            await using.done(channel.StartExperiment(config=endpoint(listening.url), name="reconnect"))


async def test_the_audit_of_a_client_knows_its_messages_and_can_be_told_others(using: Using) -> None:
    async with peer(polite) as listening:
        tap = structs.replace(endpoint(listening.url), tap=TapConfig())
        await using.done(channel.AddEndpoint(config=tap))
        await using.done(channel.ConnectEndpoint(endpoint="peer"))
        await using.fact(TapListening)
        asked = ExperimentOptions(quick=True, subscription=("hello",))
        await using.done(channel.StartExperiment(config=tap, name="reconnect", options=asked))
        await using.fact(ExperimentProgress, lambda one: one.audit is not None and one.audit.stage == "waiting")
        await using.done(channel.SetSubscription(endpoint="peer", messages=("hello", "and more")))
        await using.done(channel.StopExperiment(endpoint="peer"))
        result = await using.fact(ExperimentResult)

        with pytest.raises(WsmonitorError, match="no client of 'peer' is tested now"):
            await using.done(channel.SetSubscription(endpoint="peer", messages=()))

    assert (result.answer.status, len(result.answer.rows)) == ("interrupted", 6)
