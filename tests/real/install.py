"""Sets up the servers and proxies: Debian packages, a Python environment, npm packages, and the programs to compile."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.real.software import BUILD, SERVERS

DEBIAN: Final = (
    *("nginx-light", "haproxy", "apache2", "lighttpd", "squid", "socat", "stunnel4", "varnish", "tinyproxy", "caddy"),
    *("nftables", "iproute2", "openssl", "gcc", "g++", "golang-go", "golang-github-gorilla-websocket-dev"),
    *("golang-nhooyr-websocket-dev", "golang-golang-x-net-dev", "libwebsockets-dev", "libwebsocketpp-dev"),
    *("libboost-dev", "libboost-system-dev", "libpoco-dev", "default-jdk-headless", "libtomcat10-java"),
    "libtomcat10-embed-java",
    *("libjetty9-java", "libjetty9-extra-java", "libnetty-java", "libmojolicious-perl", "ruby", "ruby-faye-websocket"),
    *("ruby-em-websocket", "puma", "lua5.2", "lua-http", "lua-fifo", "nodejs", "npm"),
    *("python3-pyqt6.qtwebsockets", "python3-gi", "gir1.2-soup-3.0"),
    *("php-cli", "composer", "tcl", "tcllib", "r-base-core", "r-cran-httpuv", "libnginx-mod-http-lua"),
    *("lua-nginx-websocket", "yaws", "nghttp2-proxy", "h2o", "hitch", "pen", "privoxy"),
    *("rabbitmq-server", "nats-server", "ejabberd", "websocketd", "swi-prolog-nox", "libprotocol-websocket-perl"),
    *("libcivetweb-dev", "golang-github-centrifugal-centrifuge-dev", "golang-github-centrifugal-protocol-dev"),
    *("golang-github-fzambia-eagle-dev", "golang-github-igm-sockjs-go-dev", "golang-github-mna-redisc-dev"),
    *("trafficserver", "sslh", "redir"),
)  # fmt: skip
_NO_SERVICES: Final = Path("/usr/sbin/policy-rc.d")


class InstallError(Exception):
    """Something is missing that could not be installed; the text says what to do."""


def install() -> None:
    """Make everything that `software.KINDS` starts. Raises `InstallError`."""
    BUILD.mkdir(parents=True, exist_ok=True)
    _debian()
    _python()
    _node()
    _php()
    _compiled()


def _debian() -> None:
    """Packages by apt, without starting a single service."""
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *DEBIAN]
    listed = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    known = {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}
    missing = [name for name in DEBIAN if name not in known and not (name in ("nodejs", "npm") and shutil.which("npm"))]
    if not missing:
        return
    if os.geteuid() != 0:
        raise InstallError(f"install these first: sudo apt-get install --no-install-recommends {' '.join(missing)}")
    made = not _NO_SERVICES.exists()
    if made:
        _NO_SERVICES.write_text("#!/bin/sh\nexit 101\n")
        _NO_SERVICES.chmod(0o755)
    try:
        command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
        _run(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    finally:
        if made:
            _NO_SERVICES.unlink()


def _python() -> None:
    folder, wanted = BUILD / "python", Path(__file__).with_name("requirements.txt")
    if _is_done("python", wanted.read_bytes()):
        return
    _run([sys.executable, "-m", "venv", str(folder)])
    _run([str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "-r", str(wanted)])
    _done("python", wanted.read_bytes())


def _node() -> None:
    folder, wanted = BUILD / "node", SERVERS / "node" / "package.json"
    if _is_done("node", wanted.read_bytes()):
        return
    folder.mkdir(exist_ok=True)
    shutil.copy(wanted, folder / "package.json")
    _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder)
    _done("node", wanted.read_bytes())


def _php() -> None:
    """By composer. Where its registry is out of reach, what needs it is not played."""
    folder, wanted = BUILD / "php", SERVERS / "php" / "composer.json"
    if _is_done("php", wanted.read_bytes()):
        return
    folder.mkdir(exist_ok=True)
    shutil.copy(wanted, folder / "composer.json")
    try:
        _run(["composer", "install", "--no-interaction", "--no-dev", "--quiet"], cwd=folder,
             env=os.environ | {"COMPOSER_ALLOW_SUPERUSER": "1"})  # fmt: skip
    except InstallError as error:
        sys.stdout.write(f"PHP is not played: {str(error)[-200:]}\n")
        return
    _done("php", wanted.read_bytes())


def _compiled() -> None:
    """Go, C, C++ and Java, each from its source in this folder."""
    folder, source = BUILD / "bin", SERVERS / "compiled"
    texts = b"".join(path.read_bytes() for path in sorted(source.iterdir()))
    if _is_done("compiled", texts):
        return
    (folder / "java").mkdir(parents=True, exist_ok=True)
    go = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(BUILD / "go")}
    _run(["go", "build", "-o", str(folder / "go-servers"), "go_servers.go"], cwd=source, env=go)
    _run(["go", "build", "-o", str(folder / "centrifuge"), "centrifuge_server.go"], cwd=source, env=go)
    _run(["gcc", "-O1", "-o", str(folder / "lws"), "lws_server.c", "-lwebsockets"], cwd=source)
    _run(["gcc", "-O1", "-o", str(folder / "civetweb"), "civetweb_server.c", "-lcivetweb", "-lpthread"], cwd=source)
    for name, libraries in (
        ("websocketpp", ["-lboost_system"]),
        ("beast", []),
        ("poco", ["-lPocoNet", "-lPocoFoundation"]),
    ):
        command = [
            "g++",
            "-std=c++17",
            "-w",
            "-O0",
            "-o",
            str(folder / name),
            f"{name}_server.cpp",
            *libraries,
            "-lpthread",
        ]
        _run(command, cwd=source)
    files = sorted(path.name for path in source.glob("*.java"))
    _run(["javac", "-nowarn", "-d", str(folder / "java"), "-cp", "/usr/share/java/*", *files], cwd=source)
    _done("compiled", texts)


def _is_done(name: str, version: bytes) -> bool:
    stamp = BUILD / f"{name}.done"
    return stamp.exists() and stamp.read_bytes() == version


def _done(name: str, version: bytes) -> None:
    (BUILD / f"{name}.done").write_bytes(version)


def _run(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallError(f"{' '.join(command[:6])} failed: {(done.stderr or done.stdout).strip()[-600:]}")
