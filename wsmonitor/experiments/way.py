"""How an experiment reaches the server: with every option of connecting, and always the same address."""

import ipaddress
import os
from collections.abc import Iterable
from urllib.parse import urlsplit

from wsmonitor import __version__
from wsmonitor.engine.opening import resolver, why_failed
from wsmonitor.engine.opening.reach import DialError, Reach, Target
from wsmonitor.experiments.bench import OpeningError, Time
from wsmonitor.experiments.line.line import Line
from wsmonitor.experiments.line.upgrade import Request, new_key
from wsmonitor.facts.errors import SettingsError, WsmonitorError
from wsmonitor.facts.events import Phase
from wsmonitor.settings.endpoint_settings import EndpointConfig

_PORTS = {True: 443, False: 80}


class _Nobody:
    """Nobody hears of the phases."""

    def went_to(self, detail: dict[str, str]) -> None: ...

    def phase_began(self, phase: Phase) -> None: ...

    def phase_done(self, phase: Phase, duration_ns: int, detail: dict[str, str]) -> None: ...


class EngineWay:
    """The way to one endpoint's server (`bench.Way`). Raises `WsmonitorError` where its settings cannot be used."""

    def __init__(self, config: EndpointConfig, clock: Time) -> None:
        self.timeout_s = config.connect.timeout_s
        self.redirects_left = config.connect.max_redirects
        self._config = config
        self._clock = clock
        self._address: resolver.Address | None = None
        try:
            self._target = self._reach(None).target(os.environ)
        except SettingsError:
            raise
        except Exception as error:  # the library has several for a URL or a proxy that is none
            raise WsmonitorError(why_failed.explain("dns", error).error) from error

    async def is_private(self) -> bool:
        """Whether the server is ours by all appearance: on this machine or in a private network."""
        uri = self._target.uri
        host = self._config.connect.address or uri.host
        return await is_private(host, uri.port, by_proxy=self._target.proxy is not None)

    @property
    def origin(self) -> str:
        """The origin of the server's own pages, as far as its address tells."""
        scheme = "https" if self._target.uri.secure else "http"
        return f"{scheme}://{_host(self._target)}"

    @property
    def request(self) -> Request:
        """A good upgrade request; the user's headers replace ours."""
        uri, config = self._target.uri, self._config
        ours = {
            "Host": _host(self._target),
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": new_key(),
            "Sec-WebSocket-Version": "13",
            "User-Agent": f"wsmonitor/{__version__}",
        }
        if config.origin:
            ours["Origin"] = config.origin
        if config.subprotocols:
            ours["Sec-WebSocket-Protocol"] = ", ".join(config.subprotocols)
        theirs = list(self._target.headers.raw_items())
        replaced = {name.lower() for name, _ in theirs}
        kept = [(name, value) for name, value in ours.items() if name.lower() not in replaced]
        return Request(uri.resource_name, (*kept, *theirs))

    async def connect(self, line: Line) -> None:
        """TCP and TLS, to the address that answered first. Raises `OpeningError` that says why not."""
        reach = self._reach(line)  # one each: several may be on their way at once
        reach.target(os.environ)
        reach.stay_at(self._address)
        try:
            await reach.open(self._target)
        except DialError as error:
            raise OpeningError(str(error)) from error
        except Exception as error:
            raise OpeningError(why_failed.explain(reach.phase, error).error) from error
        self._stay_at(line)

    def follow(self, location: str) -> bool:
        """Go where an answer redirects to; false where it has done so too often. Raises `OpeningError`."""
        self.redirects_left -= 1
        if self.redirects_left < 0:
            return False
        try:
            reach = self._reach(None)
            reach.target(os.environ)
            self._target = reach.redirected(self._target, location)
        except Exception as error:  # whatever is wrong with a peer's URL
            raise OpeningError(why_failed.explain("http", error).error) from error
        self._address = None
        return True

    def _reach(self, line: Line | None) -> Reach[Line]:
        """A way that ends at this line; without one, for what is known before anybody goes."""

        def make(_protocol: object, **_options: object) -> Line:
            assert line is not None
            return line

        return Reach(self._config, now_ns=self._clock.now_ns, report=_Nobody(), make=make)

    def _stay_at(self, line: Line) -> None:
        """Dial this address from now on: behind one name may stand several servers."""
        name = line.transport.get_extra_info("peername")
        sock = line.socket
        if self._target.proxy is None and name and sock is not None:
            self._address = resolver.Address(sock.family, name)


async def is_private(host: str, port: int, *, by_proxy: bool) -> bool:
    """True if every address of the host is private; what only a proxy can look up is not."""
    if resolver.is_loopback(host):
        return True
    if by_proxy and not resolver.is_address(host):
        return False
    try:
        answers = await resolver.resolve(host, port)
    except (OSError, UnicodeError):
        return False
    return are_private(address.sockaddr[0] for address in answers.addresses)


def are_private(addresses: Iterable[str]) -> bool:
    """True if there are addresses, and each is of this machine, a private network or a link."""
    parsed = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    return bool(parsed) and all(one.is_private or one.is_loopback or one.is_link_local for one in parsed)


def _host(target: Target) -> str:
    """The `Host` header: the name, and the port unless it is the scheme's own (RFC 9110, 7.2)."""
    uri = target.uri
    host = f"[{uri.host}]" if ":" in uri.host else uri.host
    if uri.port == _PORTS[uri.secure] and urlsplit(target.url).port is None:
        return host
    return f"{host}:{uri.port}"
