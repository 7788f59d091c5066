"""wsmonitor as a user has it: a process with a window; hands and eyes for it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.waiting import LIMIT_S, until
from tests.xvfb import screen
from tests.xvfb.accessible import Accessible, Seen, State
from tests.xvfb.desktop import Desktop

_PARTS = ("tree item", "list item", "cell", "page tab")
_MOST_STOPS = 40


class Program:
    """Runs until `end`, with settings and recordings in `home`; remembers what it wrote to the terminal."""

    def __init__(self, desktop: Desktop, home: Path, *words: str) -> None:
        self.home, self._desktop = home, desktop
        self._said = home / "terminal.txt"
        homes = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
        with self._said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "wsmonitor", *words],
                env=desktop.environment | homes,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self._accessible = Accessible(desktop.accessibility_bus(), self.process.pid)
        try:
            self.window = until("a window with the focus", self._active_window)
        except BaseException:
            self.end()
            raise

    @property
    def said(self) -> str:
        """What it wrote to the terminal."""
        return self._said.read_text()

    def end(self) -> None:
        """Make sure that it runs no more."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    # eyes

    def seen(self) -> list[Seen]:
        """Everything that it shows now."""
        return self._accessible.seen()

    def find(self, name: str, role: str = "", *, limit_s: float = LIMIT_S) -> Seen:
        """Wait for the thing whose name matches the regular expression `name` from its beginning to its end."""
        try:
            return until(f"{role or 'something'} named {name!r}", lambda: self._named(name, role), limit_s=limit_s)[0]
        except AssertionError as error:
            raise AssertionError(f"{error}; there is {[one.name for one in self.seen() if one.name]}") from None

    def shows(self, name: str, role: str = "") -> bool:
        """Whether there is such a thing now."""
        return bool(self._named(name, role))

    def find_focus(self, name: str, role: str = "") -> Seen:
        """Wait until the thing named so has the keyboard."""
        return until(
            f"the keyboard in {name!r}",
            lambda: next((one for one in self._named(name, role) if one.has(State.FOCUSED)), None),
        )

    def wait_gone(self, name: str, role: str = "") -> None:
        """Wait until there is no such thing any more."""
        until(f"{name!r} gone", lambda: not self.shows(name, role))

    def picture(self, one: Seen) -> np.ndarray:
        """The pixels of one thing."""
        left, top, width, height = one.box
        return screen.pixels(self._desktop.frame_buffer)[top : top + height, left : left + width].copy()

    def focus(self) -> list[str]:
        """Names of what has the keyboard; rows and tabs say that they have it even while their list has not."""
        return [one.name for one in self.seen() if one.has(State.FOCUSED) and one.name and one.role not in _PARTS]

    def frame(self) -> Seen:
        """The main window without what the window manager puts around it."""
        return self.find(".*", "frame")

    def popup(self) -> tuple[int, int, int, int] | None:
        """Left, top, width, height of the open menu or popover: screen readers are not told of those."""
        numbers = self._desktop.xdotool("search", "--onlyvisible", "--pid", str(self.process.pid)).split()
        places = [self._place(number) for number in numbers if number != self.window]
        return places[0] if places else None

    def is_on_screen(self) -> bool:
        """Whether the main window is, instead of being minimised."""
        return self.window in self._desktop.xdotool("search", "--onlyvisible", "--pid", str(self.process.pid)).split()

    @property
    def title(self) -> str:
        """The title of the main window, as the window manager has it."""
        return self._desktop.xdotool("getwindowname", self.window)

    @property
    def active_title(self) -> str:
        """The title of the window that has the focus, whosever it is."""
        return self._desktop.xdotool("getactivewindow", "getwindowname")

    # hands

    def click(self, name: str, role: str = "") -> None:
        """Press the left button on the thing named so."""
        self.click_at(*self.find(name, role).middle)

    def click_at(self, x: int, y: int, *, button: int = 1, times: int = 1) -> None:
        """Press a button at a place of the screen: 1 left, 2 middle, 3 right, 4 wheel up, 5 wheel down."""
        self._desktop.xdotool("mousemove", "--sync", str(x), str(y))
        self._desktop.xdotool("click", "--repeat", str(times), "--delay", "60", str(button))

    def move(self, x: int, y: int) -> None:
        """Put the pointer there."""
        self._desktop.xdotool("mousemove", "--sync", str(x), str(y))

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press the left button at `start`, move to `end` in steps, let go."""
        self.move(*start)
        self._desktop.xdotool("mousedown", "1")
        for step in range(1, 9):
            self.move(*(round(a + (b - a) * step / 8) for a, b in zip(start, end, strict=True)))
        self._desktop.xdotool("mouseup", "1")

    def keys(self, *keys: str) -> None:
        """Press keys or combinations, as xdotool names them: `ctrl+k`, `Tab`, `space`."""
        self._desktop.xdotool("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self._desktop.xdotool("type", "--delay", "5", text)

    def tab_to(self, name: str) -> list[str]:
        """Press Tab until the thing named so has the keyboard; the names on the way."""
        passed = self.focus()
        for _ in range(_MOST_STOPS):
            if name in passed[-1:]:
                return passed
            before = self.focus()
            self.keys("Tab")
            passed += self._focus_after(before)
        raise AssertionError(f"Tab never comes to {name!r}, only to {passed}")

    def resize(self, width: int, height: int) -> None:
        """Ask the window manager for another size."""
        self._desktop.xdotool("windowsize", "--sync", self.window, str(width), str(height))

    def move_window(self, x: int, y: int) -> None:
        """Ask the window manager for another place."""
        self._desktop.xdotool("windowmove", "--sync", self.window, str(x), str(y))

    def double_click_title(self) -> None:
        """Maximise the window, or take that back."""
        left, top, width, _ = self.frame().box
        self.click_at(left + width // 3, top - 8, times=2)

    def minimise(self) -> None:
        """Put the window away."""
        self._desktop.xdotool("windowminimize", "--sync", self.window)

    def bring_back(self) -> None:
        """Take it out again, as a click in a task bar does."""
        self._desktop.xdotool("windowactivate", "--sync", self.window)

    def interrupt(self) -> None:
        """Ctrl+C in the terminal."""
        os.kill(self.process.pid, signal.SIGINT)

    def _focus_after(self, before: list[str]) -> list[str]:
        """Wait until the keyboard is elsewhere."""
        return until(f"the focus moving on from {before}", lambda: _unless(before, self.focus()))

    def _place(self, number: str) -> tuple[int, int, int, int]:
        said = self._desktop.xdotool("getwindowgeometry", "--shell", number)
        found = dict(re.findall(r"(\w+)=(-?\d+)", said))
        return int(found["X"]), int(found["Y"]), int(found["WIDTH"]), int(found["HEIGHT"])

    def _active_window(self) -> str:
        assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.said}"
        number = self._desktop.xdotool("getactivewindow")
        return number if number and self._desktop.xdotool("getwindowpid", number) == str(self.process.pid) else ""

    def _named(self, name: str, role: str) -> list[Seen]:
        pattern = re.compile(name)
        return [one for one in self.seen() if pattern.fullmatch(one.name) and role in ("", one.role)]


def _unless(before: list[str], now: list[str]) -> list[str]:
    return now if now != before else []
