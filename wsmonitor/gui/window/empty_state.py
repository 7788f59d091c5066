"""What a first start shows: a field for a URL, and the lab with its failure stories to try it all out."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from wsmonitor.gui.endpoints.url_field import UrlField
from wsmonitor.gui.lab.stories import STORIES, Story
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.words import plain
from wsmonitor.text.plain_text import visible

_LAB_HINT = "No server at hand? The lab runs one on this machine that breaks connections in many ways."
_STORIES_HINT = (
    "Or one of five bugs that were real, each beside the same client on a fixed server. Times are scaled down: "
    "the picture is there within half a minute."
)


class EmptyState(QWidget):
    """`endpoint_given` carries an `EndpointConfig`; `lab_wanted` asks for the lab, `story_wanted` for a `Story`."""

    endpoint_given = Signal(object)
    lab_wanted = Signal()
    story_wanted = Signal(object)
    recent_wanted = Signal(str)
    """The path of a workspace that was open before."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        title = QLabel("Which WebSocket should be watched?", self)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        title.setFont(font)
        self.url = UrlField(self)
        self.url.setMinimumWidth(420)
        connect = QPushButton("Connect", self)
        connect.setObjectName("primary")
        self.lab = QPushButton("Try the lab", self)
        self.lab.setObjectName("story")
        self.problem = plain_label(self, name="error", wraps=True)
        row = QHBoxLayout()
        row.addWidget(self.url, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(connect, 0, Qt.AlignmentFlag.AlignTop)
        self.box = QWidget(self)
        self.box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        column = in_column(title, row, within=self.box, spacing=14)
        self._recent = in_column(spacing=2)
        column.addLayout(self._recent)
        column.addLayout(self._lab_grid())
        column.addWidget(self.problem)
        outer = QVBoxLayout(self)
        outer.addWidget(self.box, 0, Qt.AlignmentFlag.AlignCenter)
        connect.clicked.connect(self.url.submit)
        self.url.submitted.connect(self.endpoint_given)
        self.lab.clicked.connect(self.lab_wanted)

    def say(self, text: str) -> None:
        """Show what went wrong, below the buttons."""
        self.problem.setText(visible(text, 400))

    def show_recent(self, paths: Sequence[str]) -> None:
        """Offer workspaces that were open before."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for path in paths:
            button = QPushButton(f"Open {visible(Path(path).name, 60)}".replace("&", "&&"), self)
            button.setObjectName("story")
            button.setToolTip(plain(visible(path, 300)))
            button.clicked.connect(partial(self._recent_clicked, path))
            self._recent.addWidget(button)

    def _recent_clicked(self, path: str, checked: bool = False) -> None:
        self.recent_wanted.emit(path)

    def _lab_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.lab, 0, 0)
        grid.addWidget(plain_label(self, _LAB_HINT, name="muted"), 0, 1)
        grid.setRowMinimumHeight(1, 10)
        grid.addWidget(plain_label(self, _STORIES_HINT, name="muted"), 2, 0, 1, 2)
        for row, story in enumerate(STORIES, 3):
            button = QPushButton(f"{story.number}  {story.title}", self)
            button.setObjectName("story")
            button.setToolTip(f"{story.look}\n{story.scaled}")
            button.clicked.connect(partial(self._story_clicked, story))
            grid.addWidget(button, row, 0)
            grid.addWidget(plain_label(self, story.hint, name="muted"), row, 1)
        return grid

    def _story_clicked(self, story: Story, checked: bool = False) -> None:
        self.story_wanted.emit(story)
