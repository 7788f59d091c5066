"""The lab itself: one port that serves every scenario, and the scenarios' own ports beside it."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Final

from wsmonitor.lab import parameters
from wsmonitor.lab.certificate import Certificate
from wsmonitor.lab.page import PAGES
from wsmonitor.lab.scenario import Ground, OpenPort, Scenario, url_at
from wsmonitor.lab.visit import Shelf, Visit
from wsmonitor.lab.wire.request import HttpError, Request, read_request, text_response
from wsmonitor.lab.wire.wire import PeerGoneError, Wire

LOOPBACK: Final = "127.0.0.1"
_log = logging.getLogger(__name__)


class Lab:
    """Serves `scenarios` between `start` and `stop`."""

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        *,
        host: str = LOOPBACK,
        port: int = 0,
        certificate: Certificate | None = None,
    ) -> None:
        self.scenarios = dict(scenarios)
        self._paths = {path: it for it in scenarios.values() for path in (f"/{it.id}", *it.also_at)}
        self.port = port
        self._host = host
        self._certificate = certificate
        self._tls = certificate.server_context() if certificate else None
        self._shelf = Shelf()
        self._servers: list[asyncio.Server] = []
        self._ports: dict[str, OpenPort] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listens; raises `OSError` where the main port cannot be had. A scenario without its port is left out."""
        main = await self._listen(self._host, self.port, None)
        self.port = main.sockets[0].getsockname()[1]
        ground = Ground(host=self._host, port=self.port, certificate=self._certificate, listen=self._listen)
        await asyncio.gather(*(self._open_port(scenario, ground) for scenario in list(self.scenarios.values())))

    async def stop(self) -> None:
        """Ends every connection and releases every port."""
        for server in self._servers:
            server.close()
        for port in self._ports.values():
            await port.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def urls(self) -> dict[str, str]:
        """The URL of each scenario with default parameters."""
        return {name: self._url(name) for name in self.scenarios}

    @property
    def page_url(self) -> str:
        """Where a browser finds the page."""
        return url_at((self._host, self.port), "", tls=self._tls is not None).replace("ws", "http", 1)

    @property
    def open_connections(self) -> int:
        """Connections that are being served now."""
        return len(self._tasks)

    def _url(self, name: str) -> str:
        if port := self._ports.get(name):
            return port.url
        return url_at((self._host, self.port), name, tls=self._tls is not None)

    async def _open_port(self, scenario: Scenario, ground: Ground) -> None:
        if scenario.open_port is None:
            return
        try:
            self._ports[scenario.id] = await scenario.open_port(ground)
        except OSError as error:
            _log.warning("Scenario %s is left out: its own port cannot be opened (%s)", scenario.id, error)
            del self.scenarios[scenario.id]

    async def _listen(self, host: str, port: int, owner: OpenPort | None) -> asyncio.Server:
        server = await asyncio.start_server(partial(self._accepted, owner), host, port, ssl=self._tls)
        self._servers = [known for known in self._servers if known.is_serving()] + [server]
        return server

    async def _accepted(
        self, owner: OpenPort | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        wire = Wire(reader, writer)
        try:
            await self._served(wire, owner)
        except (PeerGoneError, TimeoutError) as error:
            _log.debug("%s: %s", wire.peer, error)
        except asyncio.CancelledError:
            pass  # stop() is the only one to cancel; asyncio.streams would report it as an error
        except Exception:  # one visit must not end the lab
            _log.exception("%s: the lab itself failed", wire.peer)
        finally:
            self._tasks.discard(task)
            wire.drop()

    async def _served(self, wire: Wire, owner: OpenPort | None) -> None:
        try:
            request = await read_request(wire)
            if request.path in PAGES:
                await wire.write(PAGES[request.path](self.scenarios, self.urls))
                await wire.fin()
                return
            scenario = self._asked_for(request, owner)
            assert scenario.run is not None
            settings = parameters.read(scenario.parameters, request.query)
            await scenario.run(Visit(request, wire, self._shelf, port=owner), settings)
        except HttpError as error:
            await wire.write(text_response(error.status, error.text, error.headers))
            await wire.fin()

    def _asked_for(self, request: Request, owner: OpenPort | None) -> Scenario:
        scenario = self._paths.get(request.path.rstrip("/"))
        if scenario is None:
            raise HttpError(404, f"No scenario {request.path[:80]!r}. There are: {', '.join(self.scenarios)}.")
        if self._ports.get(scenario.id) is not owner:
            raise HttpError(421, f"This scenario has an address of its own: {self._url(scenario.id)}")
        return scenario
