"""Every kind of server that is played: its family, its language, how it is started and what it can be asked to do.

A family is what is left out as a whole when rules are judged: two programs on one library are one family.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
BUILD: Final = ROOT / "build" / "real"
SERVERS: Final = Path(__file__).with_name("servers")

Plan = Mapping[str, Any]

_SCRIPTED: Final = frozenset({"idle", "lifetime", "count", "bytes", "crash", "login", "healthy"})
_FULL: Final = _SCRIPTED | {"sweep", "app_keepalive", "replaced", "full", "jobs", "late_crash", "restart", "too_big"}

_FIELD: Final = frozenset({"frozen", "poison", "memory", "killed", "rate", "expiry", "shaky_idle"})


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of server. `can` names the faults that its program, or its library, can be asked for."""

    name: str
    language: str
    program: tuple[str, ...]
    """The command; `{port}` and `{plan}` (as JSON) are filled in. The plan is in `PLAN_*` as well."""
    can: frozenset[str]
    closes_bare: bool = True
    """A TCP connection can be ended without a Close frame."""
    sends_no_code: bool = True
    """A Close frame can be sent without a code."""
    codes: tuple[int, ...] = (1000, 1001, 1008, 1011, 4000)
    """What the library lets a program send, beside codes of its own."""
    path: str = "/ws"
    extra: Plan | None = None
    besides: tuple[tuple[str, str], ...] = ()
    """What its environment has besides the plan."""

    def command(self, port: int, plan: Plan) -> list[str]:
        """The command with its arguments."""
        filled = {"port": str(port), "plan": json.dumps({**(self.extra or {}), **plan})}
        return [word.format_map(filled) if word in ("{port}", "{plan}", "tcp://127.0.0.1:{port}") else word
                for word in self.program]  # fmt: skip

    def environment(self, plan: Plan) -> dict[str, str]:
        """The plan for programs that read no JSON."""
        words = {name: value for name, value in {**(self.extra or {}), **plan}.items() if value not in (None, False)}
        return {f"PLAN_{name.upper()}": str(value) for name, value in words.items()} | dict(self.besides)


def _python(name: str, file: str, can: frozenset[str], language: str = "Python", **more: Any) -> Kind:
    program = (str(BUILD / "python" / "bin" / "python"), str(SERVERS / "python" / file), "{port}", "{plan}")
    return Kind(name=name, language=language, program=program, can=can, extra={"server": name}, **more)


def _system_python(name: str, language: str, file: str, can: frozenset[str], **more: Any) -> Kind:
    program = ("/usr/bin/python3", str(SERVERS / "python" / file), "{port}", "{plan}")
    return Kind(name=name, language=language, program=program, can=can, **more)


def _runtime(name: str, language: str, can: frozenset[str], *program: str, **more: Any) -> Kind:
    path = str(SERVERS / "node" / "runtimes.mjs")
    words = (str(BUILD / "node" / "node_modules" / program[0]), *program[1:], path, "{port}", "{plan}")
    return Kind(name=name, language=language, program=words, can=can, **more)


def _node(name: str, can: frozenset[str], **more: Any) -> Kind:
    program = ("node", str(SERVERS / "node" / "servers.js"), "{port}", "{plan}")
    return Kind(name=name, language="JavaScript", program=program, can=can, extra={"server": name}, **more)


def _broker(name: str, can: frozenset[str]) -> Kind:
    program = ("node", str(SERVERS / "node" / "brokers.js"), "{port}", "{plan}")
    return Kind(name=name, language="JavaScript", program=program, can=can, extra={"server": name})


def _service(name: str, can: frozenset[str], **more: Any) -> Kind:
    program = ("node", str(SERVERS / "node" / "services.js"), "{port}", "{plan}")
    return Kind(name=name, language="JavaScript", program=program, can=can, extra={"server": name}, **more)


def _built(name: str, language: str, can: frozenset[str], binary: str = "", **more: Any) -> Kind:
    program = (str(BUILD / "bin" / (binary or name)), "{port}")
    return Kind(name=name, language=language, program=program, can=can, extra={"server": name}, **more)


def _java(name: str, main: str, can: frozenset[str], **more: Any) -> Kind:
    jars = ["/usr/share/java/*"]
    if name == "tomcat":  # others of its classes lie beside it
        jars = [
            f"/usr/share/java/tomcat10-{jar}.jar"
            for jar in ("embed-core", "embed-websocket", "embed-el", "annotations-api")
        ]
    path = ":".join([str(BUILD / "bin" / "java"), *jars])
    program = ("java", "-Xmx96m", "-XX:TieredStopAtLevel=1", "-cp", path, main, "{port}")
    return Kind(name=name, language="Java", program=program, can=can, **more)


def _shell(name: str, language: str, file: str, can: frozenset[str], *words: str, **more: Any) -> Kind:
    program = ("sh", str(SERVERS / file), "{port}", "{plan}", *words)
    return Kind(name=name, language=language, program=program, can=can, **more)


def _script(name: str, language: str, *program: str, can: frozenset[str] = _SCRIPTED, **more: Any) -> Kind:
    return Kind(name=name, language=language, program=program, can=can, **more)


KINDS: Final[tuple[Kind, ...]] = (
    _python("websockets", "websockets_server.py", _FULL | {"server_ping"}),
    _python("aiohttp", "aiohttp_server.py", _FULL | {"server_ping", "rejected"}),
    _python("uvicorn", "asgi_server.py", _FULL | {"server_ping"}, closes_bare=False),
    _python("hypercorn", "asgi_server.py", _FULL | {"server_ping"}, closes_bare=False),
    _python("daphne", "asgi_server.py", _FULL - {"too_big"}, closes_bare=False, codes=(1000, 4000)),
    _python("granian", "asgi_server.py", frozenset({"count", "bytes", "crash", "healthy", "restart"}),
            closes_bare=False),
    _python("tornado", "tornado_server.py", _FULL | {"server_ping"}),
    _python("sanic", "sanic_server.py", _FULL | {"server_ping"}),
    _python("autobahn", "autobahn_server.py", _FULL | {"server_ping"}, codes=(1000, 3000, 4000)),
    _python("flask-sock", "threads_server.py", _FULL | {"server_ping"}),
    _python("websocket-server", "threads_server.py", _FULL - {"too_big"}),
    _python("gevent-websocket", "gevent_server.py", _FULL - {"too_big"}),
    _python("python-socketio", "socketio_server.py", frozenset({"engine_io", "healthy_engine_io"}),
            path="/socket.io/?EIO=4&transport=websocket"),
    _python("picows", "picows_server.py", _FULL - {"too_big"} | {"server_ping"}),
    _python("trio-websocket", "trio_server.py", _FULL - {"too_big"}),
    _python("eventlet", "eventlet_server.py", _FULL - {"too_big"}),
    _system_python("qt", "C++", "qt_server.py", _FULL, sends_no_code=False),
    _system_python("libsoup", "C", "soup_server.py", _FULL - {"crash", "too_big"} | {"server_ping"},
                   sends_no_code=False),
    _runtime("bun", "C++", _FULL, "@oven/bun-linux-x64/bin/bun"),
    _runtime("deno", "Rust", _FULL - {"too_big"}, "@deno/linux-x64-glibc/deno", "run", "-A",
             closes_bare=False, codes=(1000, 4000)),
    _node("nodejs-websocket", _FULL - {"too_big"}),
    _node("ws", _FULL | {"server_ping", "deaf", "rejected"}),
    _node("express-ws", _FULL - {"too_big"} | {"server_ping", "deaf"}),
    _node("fastify", _FULL - {"too_big"} | {"server_ping"}),
    _node("faye-websocket", _FULL | {"server_ping"}),
    _node("websocket", _FULL | {"server_ping", "rejected"}, codes=(1000, 1001, 1008, 1011, 4000)),
    _node("socket.io", frozenset({"engine_io", "healthy_engine_io", "socket_io_login"}),
          path="/socket.io/?EIO=4&transport=websocket"),
    _node("engine.io", frozenset({"engine_io", "healthy_engine_io"}), path="/engine.io/?EIO=4&transport=websocket"),
    _node("sockjs", _FULL - {"too_big", "replaced"}, codes=(3000, 4000), path="/ws/websocket"),
    _node("graphql-ws", frozenset({"graphql_login", "graphql_refused"}), path="/graphql"),
    _node("nes", frozenset({"nes_keepalive"}), path="/"),
    _built("gorilla", "Go", _SCRIPTED | {"deaf", "replaced", "server_ping", "too_big"}, "go-servers"),
    _built("nhooyr", "Go", _SCRIPTED | {"read_deadline", "replaced", "too_big"}, "go-servers", closes_bare=False,
           codes=(1000, 1001, 1008, 1011, 4000)),
    _built("x-net", "Go", _SCRIPTED - {"login"} | {"read_deadline"}, "go-servers", codes=()),
    _built("websocketpp", "C++", _SCRIPTED | {"server_ping", "too_big"}, sends_no_code=False),
    _built("beast", "C++", _SCRIPTED - {"login"} | {"too_big"}, sends_no_code=False),
    _built("poco", "C++", _SCRIPTED - {"login"}, sends_no_code=False),
    _built("lws", "C", _SCRIPTED - {"login"} | {"server_ping"}, sends_no_code=False),
    _java("tomcat", "TomcatServer", _SCRIPTED | {"library_idle", "too_big"}, closes_bare=False, sends_no_code=False),
    _java("jetty", "JettyServer", _SCRIPTED | {"library_idle", "too_big"}, sends_no_code=False),
    _java("netty", "NettyServer", _SCRIPTED | {"library_idle", "too_big"}, sends_no_code=False),
    _script("mojolicious", "Perl", "perl", str(SERVERS / "scripts" / "mojolicious.pl"), "{port}",
            can=_SCRIPTED - {"crash"} | {"library_idle", "too_big"}),  # a handler that dies is only logged
    _script("em-websocket", "Ruby", "ruby", str(SERVERS / "scripts" / "em_websocket.rb"), "{port}",
            codes=(1000, 4000)),
    _script("lua-http", "Lua", "lua5.2", str(SERVERS / "scripts" / "lua_http.lua"), "{port}",
            can=_SCRIPTED - {"login", "crash"}, closes_bare=False, sends_no_code=False),
    _script("faye-puma", "Ruby", "puma", "-q", "-b", "tcp://127.0.0.1:{port}", str(SERVERS / "scripts" / "faye.ru"),
            can=_SCRIPTED - {"login", "bytes"}, closes_bare=False),
    _python("microdot", "microdot_server.py", _FULL),
    _python("ws4py", "ws4py_server.py", _FULL - {"too_big"}, sends_no_code=False),
    _python("robyn", "robyn_server.py", _FULL - {"too_big", "crash"}, language="Rust", closes_bare=False,
            sends_no_code=False, codes=(1000,)),  # a handler that fails is only logged
    _script("workerman", "PHP", "php", str(SERVERS / "php" / "workerman.php"), "{port}",
            can=_FULL - {"too_big", "jobs"}, besides=(("COMPOSER_VENDOR", str(BUILD / "php" / "vendor")),)),
    _script("tcllib", "Tcl", "tclsh", str(SERVERS / "scripts" / "tcllib.tcl"), "{port}",
            can=_SCRIPTED - {"crash"}),  # a handler that fails is only logged
    _script("httpuv", "R", "Rscript", "--vanilla", str(SERVERS / "scripts" / "httpuv.R"), "{port}", closes_bare=False,
            sends_no_code=False),
    _shell("resty", "Lua", "resty/resty.sh", _SCRIPTED | {"too_big"}),
    _shell("yaws", "Erlang", "yaws/yaws.sh", _SCRIPTED | {"server_ping"}, sends_no_code=False),
    _shell("workerd", "C++", "workerd/workerd.sh", _SCRIPTED | {"app_keepalive", "late_crash"},
           str(BUILD / "node" / "node_modules" / "@cloudflare" / "workerd-linux-64" / "bin" / "workerd"),
           closes_bare=False),
    _python("wsproto", "wsproto_server.py", _FULL - {"too_big"} | _FIELD | {"mute", "garbled", "hung"}),
    _python("tremolo", "tremolo_server.py", _FULL | _FIELD, sends_no_code=False),
    _python("falcon", "falcon_server.py", _FULL | _FIELD | {"server_ping"}, closes_bare=False),
    _python("litestar", "falcon_server.py", _FULL | {"server_ping", "expiry", "rate"}, closes_bare=False),
    _python("pywebsocket", "pywebsocket_server.py", _FULL - {"too_big"} | _FIELD, closes_bare=False,
            codes=(1000, 1001, 1008, 4000)),
    _shell("cowboy", "Erlang", "cowboy/cowboy.sh", _SCRIPTED | {"library_idle", "too_big", "restart", "frozen",
           "killed", "expiry"}),
    _built("civetweb", "C", _SCRIPTED, closes_bare=False),
    _service("trpc", frozenset({"trpc_keepalive", "trpc_healthy", "restart"}), path="/"),
    _service("peer", frozenset({"peer_heartbeat", "peer_healthy"}),
             path="/peerjs?key=peerjs&id=desk&token=one"),
    _service("hocuspocus", frozenset({"hocuspocus_ping", "hocuspocus_word"})),
    _shell("nats", "Go", "brokers/nats.sh", frozenset({"nats_keepalive", "nats_login", "nats_refused", "nats_too_big",
           "nats_full", "nats_word", "nats_healthy", "killed"}), path="/"),
    _python("blacksheep", "blacksheep_server.py", _FULL - {"too_big"} | {"server_ping", "rate", "expiry"},
            closes_bare=False),
    _script("protocol-websocket", "Perl", "perl", str(SERVERS / "scripts" / "protocol_websocket.pl"), "{port}",
            can=_SCRIPTED | {"killed", "frozen"}),
    _script("swi", "Prolog", "swipl", str(SERVERS / "scripts" / "swi.pl"), "{port}", sends_no_code=False,
            can=frozenset({"count", "bytes", "crash", "healthy"})),  # its reads block: no timer beside them
    _shell("websocketd", "Go", "brokers/websocketd.sh", _SCRIPTED - {"idle"} | {"jobs", "late_crash", "full", "restart",
           "killed"}, codes=(1000,), sends_no_code=False),
    _built("centrifuge", "Go", frozenset({"centrifuge_login", "centrifuge_refused", "centrifuge_expired",
           "centrifuge_full", "centrifuge_healthy", "centrifuge_word"})),
    _shell("ejabberd", "Erlang", "brokers/ejabberd.sh", frozenset({"xmpp_idle", "xmpp_healthy", "xmpp_word"}),
           path="/xmpp"),
    _service("primus", frozenset({"healthy", "restart", "killed"}), path="/ws"),
    _broker("aedes", frozenset({"mqtt_login", "mqtt_keepalive", "mqtt_healthy"})),
    _broker("socketcluster", frozenset({"socketcluster_login", "socketcluster_keepalive"})),
)  # fmt: skip
"""Every kind, in the order of languages."""

NEVER_TUNED_ON: Final = frozenset(
    {"tornado", "autobahn", "daphne", "faye-websocket", "nes", "x-net", "beast", "jetty", "em-websocket",
     "caddy", "tinyproxy", "varnish", "eventlet", "qt", "libsoup", "bun", "deno", "nodejs-websocket",
     "tcllib", "httpuv", "workerd", "aedes", "ws4py", "litestar", "protocol-websocket", "http-proxy", "sslh",
     "h2o", "nghttpx", "hitch", "pen", "privoxy"}
)  # fmt: skip
"""Families that nobody looks at while rules are tuned: only their totals are ever read."""


def kind(name: str) -> Kind:
    """The kind of this name."""
    return next(one for one in KINDS if one.name == name)


def python() -> str:
    """The Python that runs the harness itself."""
    return sys.executable
