"""Which finding explains which closure, in words. Pure."""

from collections.abc import Callable

from wsmonitor.analysis.snapshot import Ended, Snapshot
from wsmonitor.diagnosis.finding_words import cause, title_of
from wsmonitor.diagnosis.findings import Diagnosed, Finding
from wsmonitor.gui.findings import finding_text


class Explained:
    """What the diagnosis of each endpoint says of its ends, also of those that its findings show no more."""

    def __init__(self) -> None:
        self._said: dict[str, Diagnosed] = {}

    def look(self, snapshot: Snapshot) -> bool:
        """Take what `snapshot` says; true where anything changed."""
        said = {view.name: view.said for view in snapshot.endpoints}
        before, self._said = self._said, said
        return any(before.get(name) is not one for name, one in said.items())

    def title(self, ended: Ended) -> str:
        """The title of the finding that explains `ended`; empty where none does."""
        return self._worded(ended, cause)

    def words(self, ended: Ended) -> str:
        """The same with the other cause that is not ruled out."""
        return self._worded(ended, finding_text.whole_title)

    def _worded(self, ended: Ended, word: Callable[[Finding], str]) -> str:
        said = self._said.get(ended.endpoint)
        rule = said.explained.get((ended.slot, ended.at_ns)) if said is not None else None
        if said is None or rule is None:
            return ""
        known = (*said.findings, *(past.finding for past in said.past))
        stood = (word(finding) for finding in known if finding.rule == rule and finding.pending is None)
        return next(stood, title_of(rule))
