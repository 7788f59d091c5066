from typing import get_args

from tools.ndjson_table import FILE, example_records, page
from wsmonitor.facts.events import AnyEvent, ClockAnchor, TcpSample


def test_the_page_of_records_is_the_one_that_the_records_make() -> None:
    assert FILE.read_text("utf-8") == page(), "run `python -m tools.ndjson_table`"


def test_every_event_has_an_example() -> None:
    shown = {record["type"] for record in example_records()}
    told = [kind for kind in get_args(AnyEvent) if kind not in (ClockAnchor, TcpSample)]  # no record; an rtt_sample

    assert {str(kind.__struct_config__.tag) for kind in told} <= shown
