"""Proxies in front of a server: how each is set up for what a run asks of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.real.relays import Setting, hitch, pen, redir, socat, sslh, stunnel, write

Setup = Callable[[Path, int, int, Setting], list[str]]
"""Folder, the proxy's port, the server's port, the setting -> the command that runs it in the foreground."""


def nginx(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """`proxy_pass` as its documentation shows it."""
    upgrade = (
        "" if setting.get("strip") else 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
    )
    limit = f"limit_conn one {setting['limit']};" if setting.get("limit") else ""
    write(folder / "nginx.conf", f"""
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
    write(
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
    write(
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
    write(
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
    write(
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
    write(
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


def squid(folder: Path, port: int, _: int, setting: Setting) -> list[str]:
    """A forward proxy, asked by CONNECT."""
    access = "http_access deny all" if setting.get("deny") else "http_access allow all"
    idle = f"client_idle_pconn_timeout {setting.get('timeout_s', 3600)} seconds"
    write(
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
    write(
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
    write(
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


def privoxy(folder: Path, port: int, _: int, setting: Setting) -> list[str]:
    """A filtering forward proxy, asked by CONNECT."""
    deny = "deny-access 127.0.0.1" if setting.get("deny") else ""
    write(
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


def trafficserver(folder: Path, port: int, server: int, setting: Setting) -> list[str]:
    """Apache Traffic Server: a limit of its own on the silence of what it tunnels."""
    for name in ("etc", "run", "log", "cache"):
        (folder / name).mkdir(exist_ok=True)
    write(folder / "runroot.yaml", f"""
        prefix: {folder}
        exec_prefix: {folder}
        bindir: /usr/bin
        sbindir: /usr/sbin
        sysconfdir: {folder}/etc
        datadir: {folder}/cache
        includedir: /usr/include
        libdir: /usr/lib
        libexecdir: /usr/lib/trafficserver/modules
        localstatedir: {folder}/run
        runtimedir: {folder}/run
        logdir: {folder}/log
        cachedir: {folder}/cache
        """)  # fmt: skip
    target = "http" if setting.get("strip") else "ws"
    write(folder / "etc" / "remap.config", f"map ws://127.0.0.1:{port}/ {target}://127.0.0.1:{server}/\n")
    write(folder / "etc" / "records.config", f"""
        CONFIG proxy.config.http.server_ports STRING {port}:ip-in=127.0.0.1
        CONFIG proxy.config.exec_thread.autoconfig INT 0
        CONFIG proxy.config.exec_thread.limit INT 1
        CONFIG proxy.config.http.cache.http INT 0
        CONFIG proxy.config.url_remap.remap_required INT 1
        CONFIG proxy.config.admin.user_id STRING #-1
        CONFIG proxy.config.diags.debug.enabled INT 0
        CONFIG proxy.config.http.connect_attempts_max_retries INT 0
        CONFIG proxy.config.http.connect_attempts_timeout INT 3
        CONFIG proxy.config.websocket.no_activity_timeout INT {round(setting.get("timeout_s", 3600))}
        """)  # fmt: skip
    copy = f"cp -n /etc/trafficserver/* {folder}/etc 2>/dev/null; chmod -R a+rwX {folder}"
    return ["sh", "-c", f"{copy}; exec traffic_server --run-root={folder}/runroot.yaml"]


def http_proxy(folder: Path, port: int, server: int, _: Setting) -> list[str]:
    """node-http-proxy as its page shows it."""
    write(folder / "proxy.js", f"""
        const proxy = require("http-proxy").createProxyServer({{ target: "http://127.0.0.1:{server}" }});
        proxy.on("error", (error, request, answer) => {{
          if (answer.writeHead) {{ answer.writeHead(502); answer.end("bad gateway"); }} else answer.destroy();
        }});
        const front = require("http").createServer((request, answer) => proxy.web(request, answer));
        front.on("upgrade", (request, socket, head) => proxy.ws(request, socket, head));
        front.listen({port}, "127.0.0.1");
        """)  # fmt: skip
    return ["node", f"{folder}/proxy.js"]


PROXIES: Final[dict[str, Setup]] = {
    "nginx": nginx, "haproxy": haproxy, "apache": apache, "caddy": caddy, "lighttpd": lighttpd, "varnish": varnish,
    "socat": socat, "stunnel": stunnel, "squid": squid, "tinyproxy": tinyproxy,
    "h2o": h2o, "nghttpx": nghttpx, "hitch": hitch, "pen": pen, "privoxy": privoxy,
    "trafficserver": trafficserver, "http-proxy": http_proxy, "sslh": sslh, "redir": redir,
}  # fmt: skip
"""Name -> how it is set up."""
FORWARD: Final = frozenset({"squid", "tinyproxy", "privoxy"})
"""They are asked by CONNECT: the client dials the server's own URL."""
TLS: Final = frozenset({"stunnel", "hitch"})
"""They speak TLS to the client."""
