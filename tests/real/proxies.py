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


def h2o(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """`proxy.websocket`, with a limit of its own on what it tunnels."""
    tunnel = "OFF" if setting.get("strip") else "ON"
    _write(
        folder / "h2o.conf",
        f"""
        listen:
          host: 127.0.0.1
          port: {port}
        user: root
        error-log: /dev/null
        num-threads: 1
        hosts:
          "*":
            paths:
              "/":
                proxy.reverse.url: "http://127.0.0.1:{server}"
                proxy.websocket: {tunnel}
                proxy.websocket.timeout: {int(1000 * setting.get("timeout_s", 3600))}
        """,
    )
    return ["h2o", "-m", "worker", "-c", f"{folder}/h2o.conf"]


def nghttpx(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """The proxy of nghttp2: reads from the backend, or it ends what waits."""
    idle = max(1, round(setting.get("timeout_s", 3600)))
    return ["nghttpx", f"--frontend=127.0.0.1,{port};no-tls", f"--backend=127.0.0.1,{server};;proto=http/1.1",
            "--workers=1", "--single-process", "--no-ocsp", "--errorlog-file=/dev/null", "--conf=/dev/null",
            f"--backend-read-timeout={idle}s"]  # fmt: skip


def hitch(folder: Path, port: int, server: int, _: Setting) -> list[str]:
    """TLS in front of a plain server, as before Varnish."""
    make = (f"cd {folder}; openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=desk.test "
            f"-keyout k -out c 2>/dev/null; cat k c > one.pem")  # fmt: skip
    return ["sh", "-c", f"{make}; exec hitch --frontend='[127.0.0.1]:{port}' --backend='[127.0.0.1]:{server}' "
            f"--user=nobody --workers=1 --quiet --write-proxy=off {folder}/one.pem"]  # fmt: skip


def pen(_: Path, port: int, server: int, __: Setting) -> list[str]:
    """A balancer of connections."""
    return ["pen", "-f", "-a", "-r", "-b", "1", "-t", "2", f"127.0.0.1:{port}", f"127.0.0.1:{server}"]


def privoxy(folder: Path, port: int, _: int, setting: Setting) -> list[str]:
    """A filtering forward proxy, asked by CONNECT."""
    deny = "deny-access 127.0.0.1" if setting.get("deny") else ""
    _write(
        folder / "privoxy.conf",
        f"""
        confdir /etc/privoxy
        logdir {folder}
        listen-address 127.0.0.1:{port}
        toggle 0
        {deny}
        socket-timeout {max(1, round(setting.get("timeout_s", 3600)))}
        """,
    )
    return ["privoxy", "--no-daemon", f"{folder}/privoxy.conf"]


PROXIES: Final[dict[str, Setup]] = {
    "nginx": nginx, "haproxy": haproxy, "apache": apache, "caddy": caddy, "lighttpd": lighttpd, "varnish": varnish,
    "socat": socat, "stunnel": stunnel, "squid": squid, "tinyproxy": tinyproxy,
    "h2o": h2o, "nghttpx": nghttpx, "hitch": hitch, "pen": pen, "privoxy": privoxy,
}  # fmt: skip
"""Name -> how it is set up."""
FORWARD: Final = frozenset({"squid", "tinyproxy", "privoxy"})
"""They are asked by CONNECT: the client dials the server's own URL."""
TLS: Final = frozenset({"stunnel", "hitch"})
"""They speak TLS to the client."""


def _write(path: Path, text: str) -> None:
    path.write_text(textwrap.dedent(text), encoding="utf-8")
