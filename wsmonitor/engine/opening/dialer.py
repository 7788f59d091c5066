"""Open a connection phase by phase: lookup, TCP, TLS, upgrade; redirects followed by us."""

import os
from typing import Any

from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus, SecurityError
from websockets.http11 import Request

from wsmonitor.engine.clocks.clock import Clock
from wsmonitor.engine.opening import why_failed
from wsmonitor.engine.opening.reach import DialError, DialReport, Reach, Target, origin
from wsmonitor.engine.wire.watched_connection import WatchedConnection, Watcher
from wsmonitor.settings.endpoint_settings import EndpointConfig

REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})


class Dialer:
    """One dial of one endpoint. The connection it makes reports to `listener`."""

    __slots__ = ("_clock", "_config", "_connection", "_listener", "_reach", "_report")

    def __init__(self, config: EndpointConfig, *, clock: Clock, listener: Watcher, report: DialReport) -> None:
        self._config = config
        self._clock = clock
        self._listener = listener
        self._report = report
        self._reach: Reach[WatchedConnection] = Reach(config, now_ns=clock.now_ns, report=report, make=self._make)
        self._connection: WatchedConnection | None = None

    async def dial(self) -> None:
        """Open the connection, or raise `DialError`. On any error nothing stays open."""
        try:
            target = self._reach.target(os.environ)
            self._report.went_to(_way(target))
            for _ in range(self._config.connect.max_redirects + 1):
                redirect = await self._try(target)
                if redirect is None:
                    return
                target = redirect
                self._report.went_to(_way(target, is_redirected=True))
            raise SecurityError(f"more than {self._config.connect.max_redirects} redirects")
        except DialError:
            raise
        except Exception as error:
            lost_error = self._connection.lost_error if self._connection is not None else None
            heard = self._connection.heard if self._connection is not None else b""
            raise DialError(why_failed.explain(self._reach.phase, error, lost_error=lost_error, heard=heard)) from error

    def _make(self, protocol: Any, **options: Any) -> WatchedConnection:
        self._connection = WatchedConnection(protocol, listener=self._listener, now_ns=self._clock.now_ns, **options)
        return self._connection

    async def _try(self, target: Target) -> Target | None:
        """Open a connection to `target`; another target if the answer is a redirect."""
        connection = await self._reach.open(target)
        connection.socket = self._reach.socket if target.proxy is None else None
        _let_win(target.headers, connection)
        self._reach.begin("http")
        try:
            await connection.handshake(target.headers)
        except BaseException as error:
            connection.transport.abort()
            location = _location(error)
            if location is None:
                raise
            return self._reach.redirected(target, location)
        connection.forget_opening()
        return None


def _let_win(headers: Headers, connection: WatchedConnection) -> None:
    """Let the user's headers replace those of the library (Host, Authorization) instead of doubling them."""
    if not headers:
        return
    protocol = connection.protocol
    make_request = protocol.connect

    def connect_request() -> Request:
        del protocol.connect  # asked once
        request = make_request()
        for name in headers:
            if name in request.headers:
                del request.headers[name]
        return request

    protocol.connect = connect_request  # type: ignore[method-assign]  # a hook in the instance


def _location(error: BaseException) -> str | None:
    """Where an answer redirects to, if it does."""
    if isinstance(error, InvalidStatus) and error.response.status_code in REDIRECTS:
        values = error.response.headers.get_all("Location")
        return values[0] if values else None
    return None


def _way(target: Target, *, is_redirected: bool = False) -> dict[str, str]:
    """What a failure says of where it happened: `proxy` and `redirected_to`, each without path and credentials."""
    way = {"proxy": origin(target.proxy)} if target.proxy is not None else {}
    return way | {"redirected_to": origin(target.url)} if is_redirected else way
