"""What a session came to in one line for each endpoint: what every export begins with."""

from wsmonitor.analysis.headline import Headline, headline
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.exports.source import Source, analyzer_of


def at_the_end(source: Source) -> Snapshot:
    """What is known at the end of `source`; reads all of it."""
    analyzer = analyzer_of(source)
    for batch in source.batches():
        analyzer.feed(batch)
    analyzer.summary(source.end_ns)  # the rules look once more
    return analyzer.snapshot(source.end_ns)


def headlines(snapshot: Snapshot) -> dict[str, Headline]:
    """The line of each endpoint, in their order, as the window has it."""
    return {name: headline(snapshot, name) for name in dict.fromkeys(view.name for view in snapshot.endpoints)}


class ToldOnce:
    """For tables: the line of an endpoint in its first row, nothing in those that follow."""

    def __init__(self, source: Source) -> None:
        self._left = headlines(at_the_end(source))

    def of(self, endpoint: str) -> str | None:
        """The line of the endpoint at the first call."""
        line = self._left.pop(endpoint, None)
        return None if line is None else line.text
