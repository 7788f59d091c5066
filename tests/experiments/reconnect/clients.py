"""What a tap would state of an invented client, second by second."""

from typing import Any

from wsmonitor.experiments.reconnect.plays import PLAYS, Play
from wsmonitor.experiments.reconnect.timeline import Timeline
from wsmonitor.facts.events import AnyEvent, Control, Message, PhaseDone, State, StateChanged
from wsmonitor.facts.tap_events import LegEnded, LegEndHow, TapOpened, TapRefused

NAME = "tap"


def ns(seconds: float) -> int:
    return round(seconds * 1e9)


def play(name: str) -> Play:
    return next(one for one in PLAYS if one.name == name)


class Client:
    """Events in the order of the calls; `timeline` has them all."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.number = 0

    @property
    def timeline(self) -> Timeline:
        timeline = Timeline()
        for event in self.events:
            timeline.take(event)
        return timeline

    def who(self, at_s: float, number: int | None = None) -> dict[str, Any]:
        return {"at_ns": ns(at_s), "endpoint": NAME, "connection": self.number if number is None else number}

    def runs_in(self, process: str) -> None:
        self.events.append(TapOpened(client_address="127.0.0.1:5", process=process, **self.who(0)))

    def opens(self, at_s: float, *sent: str) -> None:
        """Opens, and sends these messages within half a second."""
        self.events.append(PhaseDone(phase="client_http", duration_ns=1, **self.who(at_s - 0.001)))
        self.number += 1
        self.events.append(StateChanged(old=State.UPGRADING, new=State.OPEN, **self.who(at_s)))
        for place, text in enumerate(sent):
            self.sends(at_s + 0.1 * (place + 1), text)

    def sends(self, at_s: float, text: str, number: int | None = None) -> None:
        size = len(text)
        who = self.who(at_s, number)
        self.events.append(
            Message(direction="tx", opcode=1, size_bytes=size, wire_bytes=size, payload=text.encode(), **who)
        )

    def says_close(self, at_s: float) -> None:
        self.events.append(Control(direction="tx", opcode=8, **self.who(at_s)))

    def leaves(self, at_s: float, how: LegEndHow = "fin", number: int | None = None) -> None:
        """The leg to the client ends; `ours`: by the fault."""
        self.events.append(
            LegEnded(
                leg="client",
                how=how,
                after_close_ns=None,
                silence_rx_ns=0,
                silence_tx_ns=0,
                unsent_bytes=0,
                **self.who(at_s, number),
            )
        )

    def is_refused(self, *at_s: float, count: int = 1) -> None:
        for one in at_s:
            self.events.append(TapRefused(reason="fault", value="http 503", count=count, **self.who(one)))
