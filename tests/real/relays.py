"""Relays that know nothing of HTTP: bare ones, such as end TLS, and such as choose by the first bytes."""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Setting = Mapping[str, Any]
"""`timeout_s`: the proxy's own idle limit. `strip`: the upgrade headers are not passed on. `limit`: of connections.
`deny`: CONNECT is refused."""


def socat(_: Path, port: int, server: int, setting: Setting) -> list[str]:
    """A bare relay; `-T` is its idle limit."""
    limit = ["-T", str(setting["timeout_s"])] if setting.get("timeout_s") else []
    return ["socat", *limit, f"TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr", f"TCP:127.0.0.1:{server}"]


def stunnel(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """TLS in front of a plain server, with a certificate of its own making."""
    idle = max(1, round(setting.get("timeout_s", 3600)))
    write(
        folder / "stunnel.conf",
        f"""
        foreground = yes
        pid =
        syslog = no
        debug = 0
        [one]
        accept = 127.0.0.1:{port}
        connect = 127.0.0.1:{server}
        cert = {folder}/one.pem
        TIMEOUTidle = {idle}
        """,
    )
    make = (f"cd {folder}; openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=desk.test "
            f"-keyout {folder}/k -out {folder}/c; cat {folder}/k {folder}/c > {folder}/one.pem")  # fmt: skip
    return ["sh", "-c", f"{make}; exec stunnel {folder}/stunnel.conf"]


def hitch(folder: Path, port: int, server: int, _: Setting) -> list[str]:
    """TLS in front of a plain server, as before Varnish."""
    make = (f"cd {folder}; openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=desk.test "
            f"-keyout k -out c 2>/dev/null; cat k c > one.pem")  # fmt: skip
    return ["sh", "-c", f"{make}; exec hitch --frontend='[127.0.0.1]:{port}' --backend='[127.0.0.1]:{server}' "
            f"--user=nobody --workers=1 --quiet --write-proxy=off {folder}/one.pem"]  # fmt: skip


def pen(_: Path, port: int, server: int, __: Setting) -> list[str]:
    """A balancer of connections."""
    return ["pen", "-f", "-a", "-r", "-b", "1", "-t", "2", f"127.0.0.1:{port}", f"127.0.0.1:{server}"]


def sslh(_: Path, port: int, server: int, __: Setting) -> list[str]:
    """Several protocols on one port: it reads the first bytes, and passes on."""
    return ["sslh", "-f", "-n", "-p", f"127.0.0.1:{port}", "--http", f"127.0.0.1:{server}", "-u", "nobody",
            "-P", "/dev/null"]  # fmt: skip


def redir(_: Path, port: int, server: int, setting: Setting) -> list[str]:
    """A bare relay with a process for each connection; `-t` is its idle limit."""
    limit = ["-t", str(round(setting["timeout_s"]))] if setting.get("timeout_s") else []
    return ["redir", "-n", "-l", "none", *limit, f"127.0.0.1:{port}", f"127.0.0.1:{server}"]


def write(path: Path, text: str) -> None:
    """A file of settings, as it stands here but for its indentation."""
    path.write_text(textwrap.dedent(text), encoding="utf-8")
