// Services and frameworks with a protocol of their own on top of ws: keepalives, limits and words are theirs.
const http = require("http");
const { port, plan } = require("./session.js");
const ms = (name, otherwise) => Math.round(1000 * (plan[name] || otherwise));
const listen = (server) => server.listen(port, "127.0.0.1");

const services = {
  // tRPC asks with a bare PING and wants a bare PONG.
  trpc() {
    const { initTRPC } = require("@trpc/server");
    const { applyWSSHandler } = require("@trpc/server/adapters/ws");
    const { WebSocketServer } = require("ws");
    const server = http.createServer();
    const t = initTRPC.create();
    const router = t.router({ hello: t.procedure.query(() => "hello") });
    applyWSSHandler({
      wss: new WebSocketServer({ server }), router,
      keepAlive: { enabled: Boolean(plan.ping_s), pingMs: ms("ping_s", 30), pongWaitMs: ms("pong_s", 5) },
    });
    listen(server);
  },
  // PeerJS: who sends no HEARTBEAT for a while is dropped; one more than the limit gets an ERROR, and a name is given once.
  peer() {
    const { PeerServer } = require("peer");
    PeerServer({
      port, host: "127.0.0.1", path: "/", alive_timeout: ms("idle_s", 3600), concurrent_limit: plan.full || 5000,
    });
  },
  // Hocuspocus: pings of ws, and who does not answer them is gone.
  hocuspocus() {
    const { Server } = require("@hocuspocus/server");
    new Server({ port, address: "127.0.0.1", quiet: true, timeout: ms("ping_s", 30) }).listen();
  },
  // Primus asks with a primus::ping:: and wants a primus::pong:: back.
  primus() {
    const Primus = require("primus");
    const server = http.createServer();
    const primus = new Primus(server, { transformer: "websockets", pathname: "/ws", pingInterval: plan.ping_s ? ms("ping_s", 30) : false });
    primus.on("connection", (spark) => spark.on("data", (data) => spark.write(data)));
    listen(server);
  },
};

services[plan.server]();
