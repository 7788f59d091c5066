"""uvicorn, hypercorn, daphne or granian, by the plan's `server`."""

import json
import os
import sys

from session import arguments

port, plan = arguments()
os.environ["PLAN"] = json.dumps(plan)
os.chdir(os.path.dirname(os.path.abspath(__file__)))
ping, pong = plan.get("ping_s"), plan.get("pong_s")
match plan["server"]:
    case "uvicorn":
        import uvicorn

        more = {"ws_max_size": plan["max_bytes"]} if plan.get("max_bytes") else {}
        uvicorn.run("asgi_app:app", port=port, log_level="error", ws=plan.get("ws", "auto"), ws_ping_interval=ping,
                    ws_ping_timeout=pong, **more)  # fmt: skip
    case "hypercorn":
        import asyncio

        from asgi_app import app
        from hypercorn.asyncio import serve
        from hypercorn.config import Config

        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        config.websocket_ping_interval = ping
        config.loglevel = "CRITICAL"
        if plan.get("max_bytes"):
            config.websocket_max_message_size = plan["max_bytes"]
        asyncio.run(serve(app, config))
    case "daphne":
        options = ["-p", str(port), "--ping-interval", str(int(ping or 600)), "--ping-timeout", str(int(pong or 600))]
        if plan.get("age_limit_s"):
            options += ["--websocket_timeout", str(int(plan["age_limit_s"]))]
        os.execv(
            os.path.join(os.path.dirname(sys.executable), "daphne"), ["daphne", "-v", "0", *options, "asgi_app:app"]
        )
    case "granian":
        from granian import Granian

        Granian("asgi_app:app", port=port, interface="asgi", log_enabled=False, workers=1).serve()
