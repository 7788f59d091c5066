"""The lab server as a process of its own: started here, ended with its stdin. No Qt."""

import json
import subprocess
import sys
import threading
from concurrent.futures import Future

from msgspec.structs import replace

from wsmonitor import workspace
from wsmonitor.config import EndpointConfig
from wsmonitor.errors import WsmonitorError
from wsmonitor.resources import resource

_PLACE = "${LAB_PORT}"
_END_S = 1.0


class Lab:
    """A running lab. `endpoints` is resolved by a reader thread once the server listens."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.endpoints: Future[list[EndpointConfig]] = Future()
        self._process = process
        self._reader = threading.Thread(target=self._read, name="lab reader", daemon=True)
        self._reader.start()

    @classmethod
    def start(cls) -> "Lab":
        """Start the server on a free port of this machine; returns at once."""
        command = [sys.executable, "-P", "-m", "wsmonitor", "lab", "--until-stdin-ends"]
        return cls(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    def close(self) -> None:
        """End the server."""
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
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
            self.endpoints.set_result(lab_endpoints(int(json.loads(line)["port"])))
        except (ValueError, KeyError, TypeError) as error:
            problem = WsmonitorError(f"the lab did not start: expected its port as JSON, found {line[:80]!r}")
            problem.__cause__ = error
            self.endpoints.set_exception(problem)
        except (WsmonitorError, OSError) as error:
            self.endpoints.set_exception(WsmonitorError(f"the lab's endpoints cannot be read: {error}"))
        while self._process.stdout.read(4096):  # whatever it says later must not block it
            pass


def lab_endpoints(port: int) -> list[EndpointConfig]:
    """The endpoints of `resources/lab.toml` with the lab's port filled in."""
    found = workspace.load(resource("lab.toml")).endpoints
    return [replace(config, url=config.url.replace(_PLACE, str(port))) for config in found]
