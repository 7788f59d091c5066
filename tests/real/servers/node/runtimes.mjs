// The servers that Bun (uWebSockets underneath) and Deno bring along, whichever runs this.
import { createRequire } from "node:module";
const { port, plan, Session } = createRequire(import.meta.url)("./session.js");
const hostname = "127.0.0.1";

const onBun = () =>
  globalThis.Bun.serve({
    port, hostname,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no page here", { status: 404 })),
    websocket: {
      idleTimeout: 0,
      maxPayloadLength: plan.max_bytes || 1 << 20,
      open(socket) {
        socket.data = new Session({
          send: (text) => socket.send(text),
          close: (code, reason) => socket.close(code, reason),
          abort: () => socket.terminate(),
        });
        socket.data.open();
      },
      message: (socket, text) => socket.data.received(String(text)),
      close: (socket) => socket.data.lost(),
    },
  });

const onDeno = () =>
  globalThis.Deno.serve({ port, hostname, onListen() {} }, (request) => {
    if (request.headers.get("upgrade") !== "websocket") return new Response("no page here", { status: 404 });
    const { socket, response } = globalThis.Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    const session = new Session({
      send: (text) => socket.readyState === 1 && socket.send(text),
      close: (code, reason) => (code === undefined ? socket.close() : socket.close(code, reason)),
      abort: () => socket.close(),
    });
    socket.onopen = () => session.open();
    socket.onmessage = (event) => session.received(String(event.data));
    socket.onclose = () => session.lost();
    socket.onerror = () => {};
    return response;
  });

globalThis.Bun ? onBun() : onDeno();
