"""Proxies in front of a server: how each is set up for what a run asks of it."""

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

Setting = Mapping[str, Any]
"""`timeout_s`: the proxy's own idle limit. `strip`: the upgrade headers are not passed on. `limit`: of connections.
`deny`: CONNECT is refused."""
Setup = Callable[[Path, int, int, Setting], list[str]]
"""Folder, the proxy's port, the server's port, the setting -> the command that runs it in the foreground."""


def nginx(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """`proxy_pass` as its documentation shows it."""
    upgrade = (
        "" if setting.get("strip") else 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
    )
    limit = f"limit_conn one {setting['limit']};" if setting.get("limit") else ""
    _write(folder / "nginx.conf", f"""
        daemon off; pid {folder}/pid; error_log /dev/null crit; worker_processes 1; user root;
        worker_shutdown_timeout 500ms;
        events {{ }}
        http {{
          access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
          uwsgi_temp_path {folder}; scgi_temp_path {folder};
          limit_conn_zone $binary_remote_addr zone=one:1m;
          server {{
            listen 127.0.0.1:{port}; {limit}
            location / {{
              proxy_pass http://127.0.0.1:{server}; {"" if setting.get("strip") == "old" else "proxy_http_version 1.1;"}
              {upgrade} proxy_read_timeout {round(setting.get("timeout_s", 3600))}s;
            }}
          }}
        }}""")  # fmt: skip
    return ["nginx", "-c", f"{folder}/nginx.conf", "-p", str(folder), "-e", "/dev/null"]


def haproxy(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """`timeout tunnel`, and a limit on connections that makes others wait."""
    limit = f"maxconn {setting['limit']}" if setting.get("limit") else ""
    timeout = f"{int(1000 * setting.get('timeout_s', 3600))}ms"
    _write(
        folder / "haproxy.cfg",
        f"""
        defaults
          mode http
          timeout connect 2s
          timeout client 3600s
          timeout server 3600s
          timeout queue 1s
          timeout tunnel {timeout}
                  frontend front
          bind 127.0.0.1:{port}
          {"http-request del-header upgrade" if setting.get("strip") else ""}
          default_backend back
        backend back
          server one 127.0.0.1:{server} {limit}
        """,
    )
    return ["haproxy", "-db", "-q", "-f", f"{folder}/haproxy.cfg"]


def apache(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """mod_proxy_wstunnel: what it tunnels ends after `Timeout`, whatever `ProxyTimeout` says."""
    modules = "/usr/lib/apache2/modules"
    target = "http" if setting.get("strip") else "ws"
    timeout = f"Timeout {max(1, round(setting['timeout_s']))}" if setting.get("timeout_s") else ""
    _write(
        folder / "apache.conf",
        f"""
        ServerRoot {folder}
        PidFile {folder}/pid
        Listen 127.0.0.1:{port}
        ServerName desk.test
        User root
        ErrorLog /dev/null
        LoadModule mpm_event_module {modules}/mod_mpm_event.so
        LoadModule authz_core_module {modules}/mod_authz_core.so
        LoadModule proxy_module {modules}/mod_proxy.so
        LoadModule proxy_http_module {modules}/mod_proxy_http.so
        LoadModule proxy_wstunnel_module {modules}/mod_proxy_wstunnel.so
        {timeout}
        ProxyPass / {target}://127.0.0.1:{server}/
        """,
    )
    return ["sh", "-c", f"sed -i s/^User.root/User\\ www-data/ {folder}/apache.conf; exec apache2 -d {folder} "
            f"-f {folder}/apache.conf -D FOREGROUND"]  # fmt: skip


def caddy(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """`reverse_proxy`."""
    strip = "header_up -Upgrade" if setting.get("strip") else ""
    _write(
        folder / "Caddyfile",
        f"""
        {{
          admin off
          auto_https off
        }}
        http://127.0.0.1:{port} {{
          reverse_proxy 127.0.0.1:{server} {{
            {strip}
          }}
        }}
        """,
    )
    return ["env", f"HOME={folder}", "caddy", "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]


def lighttpd(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """mod_proxy with `upgrade`."""
    upgrade = "disable" if setting.get("strip") else "enable"
    idle = max(1, round(setting.get("timeout_s", 3600)))
    _write(
        folder / "lighttpd.conf",
        f"""
        server.document-root = "{folder}"
        server.bind = "127.0.0.1"
        server.port = {port}
        server.modules = ( "mod_proxy" )
        server.errorlog = "/dev/null"
        server.max-read-idle = {idle}
        server.max-write-idle = {idle}
        proxy.server = ( "" => (( "host" => "127.0.0.1", "port" => {server} )))
        proxy.header = ( "upgrade" => "{upgrade}" )
        """,
    )
    return ["lighttpd", "-D", "-f", f"{folder}/lighttpd.conf"]


def varnish(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """`return (pipe)` for upgrades, `pipe_timeout`."""
    headers = (
        ""
        if setting.get("strip")
        else "set bereq.http.upgrade = req.http.upgrade; set bereq.http.connection = req.http.connection;"
    )
    _write(
        folder / "plan.vcl",
        f"""
        vcl 4.1;
        backend default {{ .host = "127.0.0.1"; .port = "{server}"; }}
        sub vcl_recv {{ return (pipe); }}
        sub vcl_pipe {{ {headers} }}
        """,
    )
    return ["varnishd", "-F", "-n", str(folder), "-a", f"127.0.0.1:{port}", "-f", f"{folder}/plan.vcl",
            "-s", "malloc,8m",
            "-p", f"pipe_timeout={setting.get('timeout_s', 3600)}", "-j", "none"]  # fmt: skip


def socat(_: Path, port: int, server: int, setting: Setting) -> list[str]:
    """A bare relay; `-T` is its idle limit."""
    limit = ["-T", str(setting["timeout_s"])] if setting.get("timeout_s") else []
    return ["socat", *limit, f"TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr", f"TCP:127.0.0.1:{server}"]


def stunnel(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """TLS in front of a plain server, with a certificate of its own making."""
    idle = max(1, round(setting.get("timeout_s", 3600)))
    _write(
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


def squid(folder: Path, port: int, _: int, setting: Setting) -> list[str]:
    """A forward proxy, asked by CONNECT."""
    access = "http_access deny all" if setting.get("deny") else "http_access allow all"
    idle = f"client_idle_pconn_timeout {setting.get('timeout_s', 3600)} seconds"
    _write(
        folder / "squid.conf",
        f"""
        http_port 127.0.0.1:{port}
        {access}
        {idle}
        read_timeout {max(1, round(setting.get("timeout_s", 3600)))} seconds
        access_log none
        cache_log /dev/null
        cache deny all
        pid_filename none
        coredump_dir {folder}
        shutdown_lifetime 0 seconds
        pinger_enable off
        """,
    )
    return ["squid", "-N", "-f", f"{folder}/squid.conf"]


def tinyproxy(folder: Path, port: int, _: int, setting: Setting) -> list[str]:
    """A small forward proxy with an idle limit."""
    deny = "ConnectPort 1" if setting.get("deny") else ""
    _write(
        folder / "tinyproxy.conf",
        f"""
        Port {port}
        Listen 127.0.0.1
        Timeout {max(1, round(setting.get("timeout_s", 3600)))}
        MaxClients 20
        LogLevel Critical
        Allow 127.0.0.1
        {deny}
        """,
    )
    return ["tinyproxy", "-d", "-c", f"{folder}/tinyproxy.conf"]


PROXIES: Final[dict[str, Setup]] = {
    "nginx": nginx, "haproxy": haproxy, "apache": apache, "caddy": caddy, "lighttpd": lighttpd, "varnish": varnish,
    "socat": socat, "stunnel": stunnel, "squid": squid, "tinyproxy": tinyproxy,
}  # fmt: skip
"""Name -> how it is set up."""
FORWARD: Final = frozenset({"squid", "tinyproxy"})
"""They are asked by CONNECT: the client dials the server's own URL."""


def _write(path: Path, text: str) -> None:
    path.write_text(textwrap.dedent(text), encoding="utf-8")
