import plan from "plan";

const open = (socket) => {
  let count = 0, bytes = 0, heard = Date.now(), gone = false, answered = 0;
  const after = (seconds, call) => setTimeout(() => gone || call(), 1000 * seconds);
  const end = () => {
    if (gone) return;
    gone = true;
    if (plan.code === 1005) socket.close();
    else socket.close(plan.code || 1000, plan.reason || "");
  };
  const watch = () => {
    const left = heard / 1000 + plan.idle_s - Date.now() / 1000;
    if (left <= 0) end();
    else after(left, watch);
  };
  const push = () => (socket.send('{"type":"news"}'), after(plan.push_s, push));
  const beat = () => {
    const asked = Date.now();
    socket.send(plan.app_ping);
    after(plan.app_wait_s, () => answered < asked && end());
    after(plan.app_ping_s, beat);
  };
  if (plan.hello) socket.send(plan.hello);
  if (plan.age_s) after(plan.age_s * (1 + (plan.jitter || 0) * (2 * Math.random() - 1)), end);
  if (plan.idle_s) after(plan.idle_s, watch);
  if (plan.login_s) after(plan.login_s, () => count || end());
  if (plan.push_s) after(plan.push_s, push);
  if (plan.app_ping_s) beat();
  socket.addEventListener("message", ({ data }) => {
    const text = String(data);
    heard = Date.now();
    count += 1;
    bytes += text.length;
    if (plan.app_pong && text.includes(plan.app_pong)) return (answered = Date.now());
    if (plan.crash && text.includes(plan.crash)) {
      if (plan.crash_after_s) return after(plan.crash_after_s, end);
      throw new Error("the handler failed");
    }
    if ((plan.count && count >= plan.count) || (plan.bytes && bytes >= plan.bytes)) end();
    else if (plan.echo !== false) socket.send(text.slice(0, 200));
  });
  socket.addEventListener("close", () => ((gone = true), socket.close()));
};

export default {
  fetch(request) {
    if (request.headers.get("Upgrade") !== "websocket") return new Response("no page here", { status: 404 });
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    open(server);
    return new Response(null, { status: 101, webSocket: client });
  },
};
