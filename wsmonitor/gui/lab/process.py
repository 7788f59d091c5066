"""The lab server as a process of its own: started here, ended with its stdin. No Qt."""

import subprocess
import threading
from concurrent.futures import Future

import msgspec
from msgspec.structs import replace

from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.program import own_command
from wsmonitor.resources import resource
from wsmonitor.settings.endpoint_settings import EndpointConfig

LAB_FILE = "lab.toml"
_PLACE = "${LAB_PORT}"
_END_S = 1.0


class LabScenario(msgspec.Struct, frozen=True):
    """One thing that the lab does on purpose, and where."""

    id: str
    group: str
    hint: str
    url: str


class RunningLab(msgspec.Struct, frozen=True):
    """What the lab says once it listens."""

    port: int
    scenarios: tuple[LabScenario, ...]

    @property
    def page(self) -> str:
        """The page that lists the scenarios for a browser."""
        return f"http://127.0.0.1:{self.port}/"

    def endpoints(self, file: str) -> list[EndpointConfig]:
        """The endpoints of the resource `file` with the lab's port filled in."""
        from wsmonitor.settings import workspace

        found = workspace.load(resource(file)).endpoints
        return [replace(config, url=config.url.replace(_PLACE, str(self.port))) for config in found]


class Lab:
    """A lab that starts or runs. `running` is resolved by a reader thread once the server listens."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.running: Future[RunningLab] = Future()
        self._process = process
        self._ender: threading.Thread | None = None
        self._reader = threading.Thread(target=self._read, name="lab reader", daemon=True)
        self._reader.start()

    @classmethod
    def start(cls) -> "Lab":
        """Start the server on a free port of this machine; returns at once."""
        command = own_command("lab", "--until-stdin-ends")
        return cls(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    def close(self) -> None:
        """End the server; returns at once, however long it takes."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._ender is None:
            self._ender = threading.Thread(target=self._end, name="lab end", daemon=True)
            self._ender.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the end of a server that was closed; only while quitting."""
        if self._ender is not None:
            self._ender.join(timeout_s)

    def _end(self) -> None:
        process = self._process
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_END_S)
        self._reader.join(_END_S)
        if process.stdout is not None:
            process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            self.running.set_result(msgspec.json.decode(line, type=RunningLab))
        except msgspec.DecodeError as error:
            problem = WsmonitorError(f"the lab did not start: expected its port as JSON, found {line[:80]!r}")
            problem.__cause__ = error
            self.running.set_exception(problem)
        while self._process.stdout.read(4096):  # whatever it says later must not block it
            pass
