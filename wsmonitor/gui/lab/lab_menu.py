"""The menu of the lab: four endpoints at once, one click for each failure story, any single scenario."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wsmonitor.gui.lab.stories import STORIES, Story

SCALED = "Each beside the same client on a fixed server. Times are scaled down: seconds instead of minutes."


class LabMenu(QMenu):
    """Says what was chosen; knows nothing of the lab but whether it runs."""

    story_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.endpoints = self._add("Four endpoints", "healthy, slow and uneven, dropping, refusing", "lab_endpoints")
        self._add_title(f"Failure stories\t{SCALED}")
        for story in STORIES:
            action = self._add(f"    {story.number}  {story.title}", story.hint, f"story_{story.number}")
            action.setToolTip(f"{story.look}\n{story.scaled}")
            action.triggered.connect(partial(self._chosen, story))
        self.addSeparator()
        self.scenario = self._add("Single scenario …", "any of the 45 things the lab can do wrong", "lab_scenario")
        self.page = self._add("Open the lab in a browser", "the scenarios with their URLs, to try there", "lab_page")
        self.tapped = self._add(
            "Open it through a tap", "the same page, with each of its connections seen from both sides", "lab_tapped"
        )
        self.stop = self._add("Stop the lab", "end the server and remove its endpoints", "lab_stop")
        self.show_running(running=False)

    def show_running(self, *, running: bool) -> None:
        """Offer only what can be done."""
        self.page.setEnabled(running)
        self.stop.setEnabled(running)

    def _add(self, text: str, hint: str, name: str) -> QAction:
        action = self.addAction(f"{text}\t{hint}")
        action.setObjectName(name)
        return action

    def _add_title(self, text: str) -> None:
        self.addSeparator()
        self.addAction(text).setEnabled(False)

    def _chosen(self, story: Story, checked: bool = False) -> None:
        self.story_chosen.emit(story)
