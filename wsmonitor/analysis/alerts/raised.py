"""Which alerts were raised and which of them stand, from the facts that say so: live and in a replay alike."""

from collections import deque

from msgspec import Struct

from wsmonitor.facts.events import AlertChanged

_CHANGES = 1_000
_RAISED = 10_000


class AlertsView(Struct, frozen=True):
    """`raised` are not over yet, in the order in which they were raised; `changes` are the newest, oldest first."""

    raised: tuple[AlertChanged, ...] = ()
    changes: tuple[AlertChanged, ...] = ()


class RaisedAlerts:
    """Folds `AlertChanged`."""

    def __init__(self) -> None:
        self._raised: dict[tuple[str, str], AlertChanged] = {}
        self._changes: deque[AlertChanged] = deque(maxlen=_CHANGES)
        self._view: AlertsView | None = None

    def change(self, event: AlertChanged) -> None:
        """An alert was raised or is over."""
        key = event.endpoint, event.rule
        if event.raised and (key in self._raised or len(self._raised) < _RAISED):
            self._raised[key] = event
        elif not event.raised:
            self._raised.pop(key, None)
        self._changes.append(event)
        self._view = None

    def forget(self, endpoint: str) -> None:
        """The endpoint is shown no more: nothing stands of it."""
        if any(key[0] == endpoint for key in self._raised):
            self._raised = {key: event for key, event in self._raised.items() if key[0] != endpoint}
            self._view = None

    def view(self) -> AlertsView:
        """What is known now; the same object while nothing changes."""
        if self._view is None:
            self._view = AlertsView(tuple(self._raised.values()), tuple(self._changes))
        return self._view
