"""What the list lets go of."""

import gc
import weakref

from PySide6.QtCore import QObject

from tests.analysis.facts import ns, opened
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.endpoints.endpoint_model import EndpointModel
from wsmonitor.settings.endpoint_settings import EndpointConfig


def seen(host: str) -> Snapshot:
    made = Analyzer(0, 0)
    made.add_endpoint(EndpointConfig(name="voice", url=f"ws://{host}/"))
    made.feed([opened(1)])
    return made.snapshot(ns(2))


def test_a_group_that_is_gone_keeps_nothing_of_its_connections() -> None:
    owner = QObject()
    model = EndpointModel(owner)
    model.group_by("host")
    first = seen("first.example")
    model.show(first)
    states = weakref.ref(first.endpoints[0].history.states.transitions.chunks[0])

    model.show(seen("second.example"))
    del first
    gc.collect()

    assert states() is None
