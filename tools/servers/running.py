"""Starts the servers as processes on free ports of loopback, and ends them."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "servers"
START_S = 20.0
NGINX_S, HAPROXY_S = 20, 15
"""Idle timers that we set, so that they are known."""
_NGINX = """
daemon off; pid {build}/nginx.pid; error_log {build}/nginx.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {build}; proxy_temp_path {build}; fastcgi_temp_path {build};
  uwsgi_temp_path {build}; scgi_temp_path {build};
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind}; proxy_http_version 1.1; proxy_read_timeout {seconds}s;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host;
    }}
  }}
}}
"""
_HAPROXY = """
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel {seconds}s
frontend front
  bind 127.0.0.1:{port}
  default_backend back
backend back
  server behind 127.0.0.1:{behind}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs; `version` is what it calls itself."""

    name: str
    url: str
    version: str


@contextlib.asynccontextmanager
async def servers() -> AsyncIterator[list[Server]]:
    """All servers that this machine has the programs for."""
    BUILD.mkdir(parents=True, exist_ok=True)
    found: list[Server] = []
    async with contextlib.AsyncExitStack() as stack:
        for kind in ("websockets", "uvicorn", "aiohttp"):
            port = await stack.enter_async_context(_python(kind))
            found.append(Server(kind, f"ws://127.0.0.1:{port}/", _version_of(kind)))
        if shutil.which("node") and (BUILD / "node_modules" / "ws").is_dir():
            port = _free_port()
            env = os.environ | {"NODE_PATH": str(BUILD / "node_modules")}
            await stack.enter_async_context(_process(port, "node", str(HERE / "node_server.js"), str(port), env=env))
            found.append(Server("ws (Node.js)", f"ws://127.0.0.1:{port}/", _version_of_ws()))
        behind = await stack.enter_async_context(_python("quiet"))
        if program := _program("nginx"):
            port = _free_port()
            conf = _write("nginx.conf", _NGINX, port=port, behind=behind, seconds=NGINX_S)
            await stack.enter_async_context(_process(port, program, "-c", str(conf), "-e", str(BUILD / "nginx.log")))
            found.append(Server("nginx", f"ws://127.0.0.1:{port}/", _said(program, "-v")))
        if program := _program("haproxy"):
            port = _free_port()
            conf = _write("haproxy.cfg", _HAPROXY, port=port, behind=behind, seconds=HAPROXY_S)
            await stack.enter_async_context(_process(port, program, "-f", str(conf)))
            found.append(Server("HAProxy", f"ws://127.0.0.1:{port}/", _said(program, "-v")))
        yield found


@contextlib.asynccontextmanager
async def _python(kind: str) -> AsyncIterator[int]:
    port = _free_port()
    async with _process(port, sys.executable, "-m", "tools.servers.python_server", kind, str(port)):
        yield port


@contextlib.asynccontextmanager
async def _process(port: int, *command: str, env: dict[str, str] | None = None) -> AsyncIterator[None]:
    """Run a command until the end; returns once it listens. Raises `RuntimeError` if it does not."""
    with (BUILD / f"{port}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        async with asyncio.timeout(START_S):
            while not _listens(port):
                if process.returncode is not None:
                    raise RuntimeError(f"{command[0]} ended: see {BUILD}/{port}.log")
                await asyncio.sleep(0.1)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _program(name: str) -> str:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin") or ""


def _write(name: str, template: str, **values: object) -> Path:
    path = BUILD / name
    path.write_text(template.format(build=BUILD, **values))
    return path


def _version_of(package: str) -> str:
    from importlib.metadata import version

    return f"{package} {version(package)}"


def _version_of_ws() -> str:
    package = json.loads((BUILD / "node_modules" / "ws" / "package.json").read_text("utf-8"))
    return str(package["version"])


def _said(*command: str) -> str:
    """The last word of a version number in what the program says of itself."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    words = (ran.stdout + ran.stderr).replace("@", " ").replace("/", " ").replace("version", " ").split()
    numbers = [word.split("-")[0] for word in words if word[:1].isdigit() and word.count(".") >= 2]
    return numbers[0] if numbers else "?"
