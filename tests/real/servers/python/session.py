"""What every server of this folder does to a connection, whatever library carries it.

A plan is a dictionary: which of the behaviours below are switched on. A library's own behaviours (its keepalive, its
limits, what it sends when a handler raises) are the library's and are set up by its program.
"""

import json
import os
import random
import sys
import time


def arguments():
    """The port and the plan that the harness asks for."""
    return int(sys.argv[1]), json.loads(sys.argv[2])


class Session:
    """One connection. `peer` has `send(text)`, `close(code, reason)`, `abort()`; `later(seconds, call)` is a timer."""

    alive = []
    taken_in = 0

    def __init__(self, plan, peer, later):
        self.plan, self.peer, self.later = plan, peer, later
        self.dice = random.Random(time.time_ns())
        self.count = self.bytes = 0
        self.gone = self.spoke = False
        self.opened_s = self.heard_s = self.answered_s = time.monotonic()
        self.lately_s = []

    def opened(self):
        """The handshake is done."""
        plan = self.plan
        others = [one for one in Session.alive if not one.gone]
        if plan.get("full") is not None and len(others) >= plan["full"]:
            self.end()
            return
        if plan.get("replace"):
            for one in others:
                one.end()
            others = []
        Session.alive[:] = [*others, self]
        if plan.get("hello"):
            self.peer.send(plan["hello"])
        if plan.get("age_s"):
            self.after(self.shaken(plan["age_s"]), self.end)
        if plan.get("job_s"):
            self.after(self.dice.uniform(*plan["job_s"]), self.end)
        if plan.get("idle_s") and not plan.get("sweep_s"):
            self.watch_idle(self.shaken(plan["idle_s"]))
        if plan.get("login_s"):
            self.after(plan["login_s"], lambda: self.spoke or self.end())
        if plan.get("push_s"):
            self.push()
        if plan.get("app_ping_s"):
            self.beat()

    def received(self, message):
        """A message came. Raises where the plan says that the handler fails."""
        plan, size = self.plan, len(message)
        self.spoke = True
        self.heard_s = time.monotonic()
        self.count += 1
        self.bytes += size
        text = message if isinstance(message, str) else message.decode("utf-8", "replace")
        if plan.get("app_pong") and plan["app_pong"] in text:
            self.answered_s = time.monotonic()
            return
        Session.taken_in += size
        if plan.get("memory") and Session.taken_in >= plan["memory"]:
            os._exit(137)
        if plan.get("rate"):
            self.lately_s = [at_s for at_s in self.lately_s if at_s > self.heard_s - 1.0] + [self.heard_s]
            if len(self.lately_s) > plan["rate"]:
                self.end()
                return
        if plan.get("crash") and plan["crash"] in text:
            if plan.get("fatal"):
                os._exit(139)
            if plan.get("crash_after_s"):
                self.after(plan["crash_after_s"], self.end)
                return
            raise RuntimeError("the handler failed")
        if (plan.get("count") and self.count >= plan["count"]) or (plan.get("bytes") and self.bytes >= plan["bytes"]):
            self.end()
            return
        if plan.get("echo", True):
            self.peer.send(text[:200])

    def lost(self):
        """The connection is gone."""
        self.gone = True

    def end(self):
        """The plan's way to end a connection."""
        if self.gone:
            return
        self.gone = True
        code = self.plan.get("code", 1000)
        if code == 1006:
            self.peer.abort()
        else:
            self.peer.close(code, self.plan.get("reason", ""))

    def after(self, seconds, call):
        self.later(seconds, lambda: None if self.gone else call())

    def shaken(self, seconds):
        jitter = self.plan.get("jitter", 0)
        return seconds * self.dice.uniform(1 - jitter, 1 + jitter)

    def watch_idle(self, limit_s):
        left_s = self.heard_s + limit_s - time.monotonic()
        if left_s <= 0:
            self.end()
        else:
            self.after(left_s, lambda: self.watch_idle(limit_s))

    def push(self):
        self.peer.send(json.dumps({"type": "news", "n": self.dice.random()}))
        self.after(self.plan["push_s"] * self.dice.uniform(0.8, 1.2), self.push)

    def beat(self):
        if time.monotonic() - self.answered_s > self.plan["app_ping_s"] + self.plan["app_wait_s"]:
            self.end()
            return
        self.peer.send(self.plan["app_ping"])
        asked_s = time.monotonic()
        self.after(self.plan["app_wait_s"], lambda: self.answered_s < asked_s and self.end())
        self.after(self.plan["app_ping_s"], self.beat)


def sweep(plan, later):
    """A clock of the server's: every `sweep_s` it ends who is older, or was silent for longer, than the plan allows."""

    def look():
        now_s = time.monotonic()
        for one in Session.alive:
            since_s = one.heard_s if plan.get("idle_s") else one.opened_s
            if now_s - since_s > (plan.get("idle_s") or plan.get("sweep_age_s", 0)):
                one.end()
        Session.alive[:] = [one for one in Session.alive if not one.gone]
        later(plan["sweep_s"], look)

    if plan.get("sweep_s"):
        later(plan["sweep_s"], look)
