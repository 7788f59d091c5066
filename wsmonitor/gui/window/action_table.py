"""Every action of the window in one table: name, words, keys. Buttons, menus and keys are made from it."""

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget


class ActionInfo(Struct, frozen=True):
    """One thing the user can do. Every one of `keys` starts it."""

    id: str
    text: str
    hint: str
    keys: tuple[str, ...] = ()
    checkable: bool = False


ACTIONS = (
    ActionInfo("menu", "Menu", "Workspaces, preferences and everything else", ("Alt+F",)),
    ActionInfo("open_workspace", "Open workspace…", "Monitor the endpoints of a workspace file", ("Ctrl+O",)),
    ActionInfo("save_workspace", "Save workspace", "Write the endpoints to the workspace file", ("Ctrl+S",)),
    ActionInfo("save_workspace_as", "Save workspace as…", "Write the endpoints to another file", ("Ctrl+Shift+S",)),
    ActionInfo("add", "Endpoint", "Monitor another endpoint", ("Ctrl+N",)),
    ActionInfo("edit", "Edit", "Change any setting of the selected endpoint", ("F2",)),
    ActionInfo("remove", "Remove", "Forget the selected endpoints", ("Del",)),
    ActionInfo("undo_remove", "Undo", "Take back the last change to endpoints or snippets", ("Ctrl+Z",)),
    ActionInfo("connect", "Connect", "Dial the selected endpoints now, whatever they wait for", ("F5",)),
    ActionInfo("stop", "Stop", "Close the selected endpoints with 1000 and stay closed", ("Shift+F5",)),
    ActionInfo("disconnect", "Disconnect", "Force a disconnect of the selected endpoints", ("Ctrl+D",)),
    ActionInfo("hold_off", "Hold off 10 s", "Close and refuse to reconnect for a while", ("Ctrl+H",)),
    ActionInfo("examine", "Examine", "Put a question to the server of the selected endpoint", ("Ctrl+T",)),
    ActionInfo("record", "Record", "Keep what is seen, the last minutes included; again to end", ("Ctrl+R",), True),
    ActionInfo("export", "Export", "Write what was seen in another format", ("Ctrl+E",)),
    ActionInfo("save_clip", "Save the seconds around it", "Save what the flight recorder kept of the chosen closure"),
    ActionInfo("open_recording", "Open recording", "Look at a recording (*.wsmon)", ("Ctrl+Shift+O",)),
    ActionInfo(
        "compare", "Compare…", "Before and after: two recordings, or periods around marks and focus", ("Ctrl+B",)
    ),
    ActionInfo("play", "Play or pause", "Play the open recording from here, or pause it", ("P",)),
    ActionInfo("lab", "Lab", "Failures to try: five stories, any single scenario", ("Ctrl+L",)),
    ActionInfo("window_0", "30 s", "Show 30 seconds", ("1",), checkable=True),
    ActionInfo("window_1", "1 m", "Show 1 minute", ("2",), checkable=True),
    ActionInfo("window_2", "5 m", "Show 5 minutes", ("3",), checkable=True),
    ActionInfo("window_3", "15 m", "Show 15 minutes", ("4",), checkable=True),
    ActionInfo("window_4", "1 h", "Show 1 hour", ("5",), checkable=True),
    ActionInfo("window_5", "All", "Show the whole session", ("6",), checkable=True),
    ActionInfo("freeze", "Freeze", "Stop the view, not the measurement; again to resume", ("Space",), checkable=True),
    ActionInfo("live", "Live", "Follow what happens now", ("L", "End")),
    ActionInfo("zoom_in", "Zoom in", "Show less time", ("+", "=")),
    ActionInfo("zoom_out", "Zoom out", "Show more time", ("-",)),
    ActionInfo("back", "Back", "Scroll back in time", ("Alt+Left",)),
    ActionInfo("forward", "Forward", "Scroll forward in time", ("Alt+Right",)),
    ActionInfo("home", "Start of session", "Show where the session began", ("Home",)),
    ActionInfo("next_endpoint", "Next endpoint", "Select the endpoint below", ("J",)),
    ActionInfo("previous_endpoint", "Previous endpoint", "Select the endpoint above", ("K",)),
    ActionInfo("next_closure", "Next closure or note", "Show the next closure of this endpoint, or note", ("N",)),
    ActionInfo("previous_closure", "Previous closure or note", "Show the closure or note before", ("Shift+N",)),
    ActionInfo("lens", "Look into an end", "How the chosen connection opened, what passed last, how it ended", ("D",)),
    ActionInfo("focus_view", "Focus", "Numbers of the time shown only, or between marks A and B", ("F",)),
    ActionInfo("clear_focus", "Clear focus", "Numbers of the whole session again", ("Esc",)),
    ActionInfo("in_words", "Plots in words", "Say what the plots show, as text to read and copy", ("W",)),
    ActionInfo("save_picture", "Save plots as picture…", "Write what the plots show as PNG or SVG"),
    ActionInfo("mark_a", "Mark A", "Put mark A under the pointer", ("A",)),
    ActionInfo("mark_b", "Mark B", "Put mark B under the pointer", ("B",)),
    ActionInfo("note", "Note…", "Write on the time line, under the pointer or now; recordings keep it", ("M",)),
    ActionInfo("snippets", "Snippets…", "Texts kept for sending: use, rename or delete one", ("Ctrl+I",)),
    ActionInfo("save_snippet", "Save as snippet…", "Keep the text of the Send tab under a name", ("Ctrl+Shift+I",)),
    ActionInfo("alerts", "Alerts…", "When to be told of drops, slowness or a finding, and how", ("Ctrl+Shift+A",)),
    ActionInfo("find", "Find", "Filter the table below", ("Ctrl+F",)),
    ActionInfo("search_endpoints", "Search endpoints", "Show only rows, lanes and totals with some words", ("/",)),
    ActionInfo("density", "Rows of one or two lines", "One line for each endpoint, two, or one from eight on"),
    ActionInfo("group", "Group rows", "Rows below one for each host, tag or finding, with totals, or none", ("G",)),
    ActionInfo("palette", "Commands", "Find what to do by typing", ("Ctrl+K",)),
    ActionInfo("preferences", "Preferences…", "Theme, times, notifications, what opens at the start", ("Ctrl+,",)),
    ActionInfo("times", "Local, UTC or since the start", "Change how times read, everywhere", ("T",)),
    ActionInfo("theme", "Dark or light", "Change between the dark and the light theme", ("F9",)),
    ActionInfo("full_screen", "Full screen", "Use the whole screen", ("F10",), checkable=True),
    ActionInfo("keys", "Keys", "Show all keys", ("F1",)),
    ActionInfo("explain", "What does this mean?", "Explain the selected state, closure or finding", ("Shift+F1",)),
    ActionInfo("about", "About", "Versions and the place of the log, for a bug report"),
    ActionInfo("quit", "Quit", "Close every connection and end", ("Ctrl+Q",)),
)


class Actions(QObject):
    """The `QAction` of every entry of `ACTIONS`, active wherever the window has the focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions = {info.id: _action(info, window) for info in ACTIONS}

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]


class SpacePressesButtons(QObject):
    """Space freezes the view, except on a button that has the focus: there it presses it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        for button in window.findChildren(QAbstractButton):
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        is_override = event.type() is QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return super().eventFilter(watched, event)


def _action(info: ActionInfo, window: QWidget) -> QAction:
    action = QAction(info.text, window)
    action.setCheckable(info.checkable)
    action.setShortcuts([QKeySequence(key) for key in info.keys])
    keys = f" ({info.keys[0]})" if info.keys else ""
    action.setToolTip(f"{info.hint}{keys}")
    action.setStatusTip(info.hint)
    action.setObjectName(info.id)
    window.addAction(action)
    return action
