// What every server of this folder does to a connection, whatever library carries it: `session.py` in JavaScript.
const [port, plan] = [Number(process.argv[2]), JSON.parse(process.argv[3])];
const alive = new Set();
const shaken = (seconds) => seconds * (1 + (plan.jitter || 0) * (2 * Math.random() - 1)) * 1000;

class Session {
  constructor(peer) {
    this.peer = peer;
    this.count = this.bytes = 0;
    this.spoke = this.gone = false;
    this.opened = this.heard = this.answered = Date.now();
  }

  open() {
    if (plan.full !== undefined && alive.size >= plan.full) return this.end();
    if (plan.replace) for (const other of [...alive]) other.end();
    alive.add(this);
    if (plan.hello) this.peer.send(plan.hello);
    if (plan.age_s) this.after(shaken(plan.age_s), () => this.end());
    if (plan.job_s) this.after(1000 * (plan.job_s[0] + Math.random() * (plan.job_s[1] - plan.job_s[0])), () => this.end());
    if (plan.idle_s && !plan.sweep_s) this.watchIdle(shaken(plan.idle_s));
    if (plan.login_s) this.after(plan.login_s * 1000, () => this.spoke || this.end());
    if (plan.push_s) this.push();
    if (plan.app_ping_s) this.beat();
  }

  received(text) {
    this.spoke = true;
    this.heard = Date.now();
    this.count += 1;
    this.bytes += text.length;
    if (plan.app_pong && text.includes(plan.app_pong)) {
      this.answered = Date.now();
      return;
    }
    if (plan.crash && text.includes(plan.crash)) {
      if (plan.crash_after_s) return this.after(plan.crash_after_s * 1000, () => this.end());
      throw new Error("the handler failed");
    }
    if ((plan.count && this.count >= plan.count) || (plan.bytes && this.bytes >= plan.bytes)) return this.end();
    if (plan.echo !== false) this.peer.send(text.slice(0, 200));
  }

  lost() {
    this.gone = true;
    alive.delete(this);
  }

  end() {
    if (this.gone) return;
    this.lost();
    const code = plan.code === undefined ? 1000 : plan.code;
    if (code === 1006) this.peer.abort();
    else this.peer.close(code === 1005 ? undefined : code, code === 1005 ? undefined : plan.reason || "");
  }

  after(ms, call) {
    setTimeout(() => this.gone || call(), ms);
  }

  watchIdle(limit) {
    const left = this.heard + limit - Date.now();
    if (left <= 0) this.end();
    else this.after(left, () => this.watchIdle(limit));
  }

  push() {
    this.peer.send(JSON.stringify({ type: "news", n: Math.random() }));
    this.after(plan.push_s * 1000 * (0.8 + 0.4 * Math.random()), () => this.push());
  }

  beat() {
    const asked = Date.now();
    this.peer.send(plan.app_ping);
    this.after(plan.app_wait_s * 1000, () => this.answered < asked && this.end());
    this.after(plan.app_ping_s * 1000, () => this.beat());
  }
}

if (plan.sweep_s)
  setInterval(() => {
    const limit = 1000 * (plan.idle_s || plan.sweep_age_s || 0);
    for (const one of [...alive]) if (Date.now() - (plan.idle_s ? one.heard : one.opened) > limit) one.end();
  }, plan.sweep_s * 1000);

module.exports = { port, plan, Session };
