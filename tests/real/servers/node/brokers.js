// Servers with a protocol of their own on top: what they wait for, ask for and end is theirs.
const http = require("http");
const port = Number(process.argv[2]);
const plan = JSON.parse(process.argv[3]);
const server = http.createServer();
const ms = (name, otherwise) => 1000 * (plan[name] || otherwise);

const brokers = {
  // MQTT: who sends no CONNECT is let go.
  async aedes() {
    const { Aedes } = require("aedes");
    const broker = await Aedes.createBroker({ connectTimeout: ms("login_s", 30) });
    const { WebSocketServer, createWebSocketStream } = require("ws");
    new WebSocketServer({ server }).on("connection", (socket) => broker.handle(createWebSocketStream(socket)));
    server.listen(port, "127.0.0.1");
  },
  // Its ping is an empty message and wants one back; before that a handshake.
  socketcluster() {
    const { attach } = require("socketcluster-server");
    attach(server, {
      pingInterval: ms("ping_s", 8), pingTimeout: ms("pong_s", 20), handshakeTimeout: ms("login_s", 10), path: "/ws",
    });
    server.listen(port, "127.0.0.1");
  },
};

brokers[plan.server]();
