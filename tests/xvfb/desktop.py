"""A desktop for one test run: an X display, a window manager, a session bus with accessibility, and nobody else's."""

import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import jeepney
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.waiting import until

WIDTH, HEIGHT = 1600, 1000
START_LIMIT_S = 20.0
_ACCESSIBILITY = jeepney.DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
_FOREIGN = ("WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "QT_SCALE_FACTOR")


class Desktop:
    """Started by the constructor; `close` ends every process of it. `folder` is scratch."""

    def __init__(self, folder: Path) -> None:
        self.environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        self.environment |= {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "NO_COLOR": "1"}
        self.environment["QT_LOGGING_RULES"] = "qt.accessibility.*=false"  # of questions about what is gone already
        self.environment |= {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "CACHE")}
        self.frame_buffer = folder / "Xvfb_screen0"
        self._log = folder / "desktop.log"
        self._ends = ExitStack()
        try:
            self._start(folder)
        except BaseException:
            self._ends.close()
            raise

    def close(self) -> None:
        """End what was started, the last first."""
        self._ends.close()

    def xdotool(self, *words: str) -> str:
        """Real input, or a question to the X server; the answer."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout.strip()

    def accessibility_bus(self) -> DBusConnection:
        """A connection to the bus on which programs tell screen readers what they show."""
        return self._ends.enter_context(open_dbus_connection(self._accessibility_address))

    def _start(self, folder: Path) -> None:
        screen = ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder)]
        display = self._started_with_answer(["Xvfb", *screen, "-nolisten", "tcp", "-noreset", "-displayfd"])
        self.environment["DISPLAY"] = f":{display}"
        bus = self._started_with_answer(["dbus-daemon", "--session", "--nofork", "--nopidfile"], "--print-address=")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus
        is_managed = folder / "managed"
        self._process(["openbox", "--startup", f"touch '{is_managed}'"])
        with open_dbus_connection(bus) as session:
            call = jeepney.new_method_call(_ACCESSIBILITY, "GetAddress")
            self._accessibility_address: str = session.send_and_get_reply(call, timeout=START_LIMIT_S).body[0]
        until("the window manager", is_managed.exists, limit_s=START_LIMIT_S)

    def _started_with_answer(self, command: Sequence[str], option: str = "") -> str:
        """Start a program that writes one line to a descriptor it is given once it is ready; that line."""
        reading, writing = os.pipe()
        number = [f"{option}{writing}"] if option else [str(writing)]
        self._process([*command, *number], pass_fds=(writing,))
        os.close(writing)
        with os.fdopen(reading) as answer:
            line = answer.readline().strip()
        assert line, f"{command[0]} did not start: {self._log.read_text()}"
        return line

    def _process(self, command: Sequence[str], *, pass_fds: Sequence[int] = ()) -> None:
        with self._log.open("a") as log:
            process = subprocess.Popen(
                command, env=self.environment, pass_fds=pass_fds, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._ends.callback(_end, process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
