"""An endpoint that is edited, removed, or added again under its name: what is said of the old one and of the new."""

from tests.engine.peer import Wire, peer
from tests.engine.watching import Watch, endpoint, watching
from wsmonitor.facts.events import ConnectionClosed, Message, MessageStatus, State, StateChanged
from wsmonitor.settings.endpoint_settings import CloseConfig


async def never_answers(wire: Wire) -> None:
    """Open, and leave our Close unanswered and TCP open."""
    await wire.upgrade()
    await wire.never()


def changes(watch: Watch) -> list[tuple[int, State, State]]:
    return [(change.slot, change.old, change.new) for change in watch.all(StateChanged)]


async def test_an_endpoint_that_is_edited_while_open_speaks_for_the_old_connection_first_and_then_for_the_new() -> None:
    slow = CloseConfig(timeout_s=60)
    async with peer(never_answers) as listening, watching(endpoint(listening.url, close=slow)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.add(endpoint(listening.url, echo=True))
        watch.monitor.connect("peer")
        await watch.state(State.OPEN, count=2)
        told = [
            event for event in watch.events if isinstance(event, ConnectionClosed | StateChanged) and event.slot == 0
        ]

    assert [(event.connection, event.new if isinstance(event, StateChanged) else None) for event in told][3:] == [
        (1, State.OPEN),
        (1, State.CLOSING),
        (1, None),
        (1, State.STOPPED),
        (1, State.RESOLVING),
        (1, State.CONNECTING),
        (1, State.UPGRADING),
        (2, State.OPEN),
    ]
    closed = watch.all(ConnectionClosed)[0]
    assert (closed.verdict.by, closed.verdict.clean) == ("stop", False)
    assert 0.9 < (told[6].at_ns - told[4].at_ns) / 1e9 < 2, (
        "its handshake is given a second, not the minute it may take"
    )


async def test_only_the_last_of_several_edits_dials_and_those_between_say_nothing() -> None:
    async with peer(never_answers) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        for number in range(3):
            watch.monitor.add(endpoint(listening.url, preamble=(f"edit {number}",)))
            watch.monitor.connect("peer")
            watch.monitor.send("peer", b"%d" % number)
        await watch.state(State.OPEN, count=2)
        preamble = await watch.fact(Message)

        assert len(listening.wires) == 2

    assert preamble.payload == b"edit 2"
    assert [new for _, old, new in changes(watch) if old is State.IDLE] == [State.RESOLVING] * 2
    lost = [status.reason for status in watch.all(MessageStatus) if status.status == "dropped"]
    assert lost == ["the endpoint was changed or removed"] * 2


async def test_slots_that_are_no_longer_wanted_stop_before_the_others_dial_again() -> None:
    async with peer(never_answers) as listening, watching(endpoint(listening.url, connections=3)) as watch:
        await watch.state(State.OPEN, count=3)
        watch.monitor.add(endpoint(listening.url))
        watch.monitor.connect("peer")
        await watch.state(State.OPEN, count=4)

    said = [(slot, new) for slot, _, new in changes(watch)]
    again = [at for at, (slot, new) in enumerate(said) if (slot, new) == (0, State.RESOLVING)][1]
    assert {(0, State.STOPPED), (1, State.STOPPED), (2, State.STOPPED)} <= set(said[:again])
    assert {slot for slot, _ in said[again:]} == {0}


async def test_an_endpoint_that_is_removed_and_added_again_counts_from_one_after_the_old_one_has_ended() -> None:
    async with peer(never_answers) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.remove("peer")
        watch.monitor.add(endpoint(listening.url))
        watch.monitor.connect("peer")
        again = await watch.state(State.OPEN, count=2)
        closed = watch.all(ConnectionClosed)[0]

    assert (again.connection, closed.connection) == (1, 1)
    assert closed.at_ns < again.at_ns


async def test_a_stop_while_the_predecessor_ends_is_remembered() -> None:
    async with peer(never_answers) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.add(endpoint(listening.url))
        watch.monitor.connect("peer")
        watch.monitor.stop("peer")
        await watch.state(State.STOPPED, count=2)

        assert len(listening.wires) == 1
        assert watch.monitor.all_stopped()
