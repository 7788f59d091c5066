// Clients made with Node libraries, each with its defaults: `node node_client.js KIND URL`.
const [kind, url] = process.argv.slice(2);
const PERIOD_MS = 1500;
let number = 0;

const clients = {
  reconnecting() {
    const Reconnecting = require("reconnecting-websocket");
    const socket = new (Reconnecting.default || Reconnecting)(url, [], { WebSocket: require("ws"), maxEnqueuedMessages: 0 });
    socket.addEventListener("open", () => socket.send('{"op": "subscribe"}'));
    setInterval(() => {
      if (socket.readyState === 1) socket.send(JSON.stringify({ op: "order", number: ++number }));
    }, PERIOD_MS);
  },
  graphql() {
    const { createClient } = require("graphql-ws");
    const client = createClient({ url, webSocketImpl: require("ws") });
    const sink = { next() {}, error: (error) => console.log("ends:", error), complete() {} };
    client.subscribe({ query: "subscription { ticks }" }, sink);
    setInterval(() => {}, 1e6);
  },
  socketio() {
    const socket = require("socket.io-client").io(url.replace("ws:", "http:"), { transports: ["websocket"] });
    socket.on("connect", () => socket.emit("subscribe", "ticks"));
    setInterval(() => socket.connected && socket.emit("order", ++number), PERIOD_MS);
  },
};
clients[kind]();
