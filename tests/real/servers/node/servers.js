// The plan's `server`: one of the libraries below, each with what it does by itself.
const http = require("http");
const { port, plan, Session } = require("./session.js");

const overWs = (socket) => {
  const session = new Session({
    send: (text) => socket.send(text),
    close: (code, reason) => (code === undefined ? socket.close() : socket.close(code, reason)),
    abort: () => socket.terminate(),
  });
  socket.on("message", (data) => session.received(data.toString()));
  socket.on("close", () => session.lost());
  socket.on("error", () => {});
  if (plan.ping_s) heartbeat(socket);
  session.open();
};

// The keepalive that the README of ws shows: no pong since the last look, so terminate.
const heartbeat = (socket) => {
  socket.isAlive = true;
  if (!plan.deaf) socket.on("pong", () => (socket.isAlive = true));
  const timer = setInterval(() => {
    if (!socket.isAlive) return socket.terminate();
    socket.isAlive = false;
    socket.ping();
  }, plan.ping_s * 1000);
  socket.on("close", () => clearInterval(timer));
};

const plain = () => http.createServer((_, answer) => answer.writeHead(plan.reject || 404).end(plan.body || "no page here"));
const own = () => http.createServer().listen(port, "127.0.0.1");

const servers = {
  ws() {
    const { WebSocketServer } = require("ws");
    const verifyClient = plan.reject ? (_, done) => done(false, plan.reject, plan.body || "") : undefined;
    const options = { port, host: "127.0.0.1", verifyClient };
    if (plan.max_bytes) options.maxPayload = plan.max_bytes;
    new WebSocketServer(options).on("connection", overWs);
  },
  "express-ws"() {
    const app = require("express-ws")(require("express")()).app;
    app.ws("/*path", (socket) => overWs(socket));
    app.listen(port, "127.0.0.1");
  },
  async fastify() {
    const app = require("fastify")();
    await app.register(require("@fastify/websocket"));
    app.register(async (inner) => inner.get("/*", { websocket: true }, (socket) => overWs(socket)));
    await app.listen({ port, host: "127.0.0.1" });
  },
  "faye-websocket"() {
    const Socket = require("faye-websocket");
    const server = http.createServer();
    server.on("upgrade", (request, stream, head) => {
      const options = { ping: plan.ping_s || null };
      if (plan.max_bytes) options.maxLength = plan.max_bytes;
      const socket = new Socket(request, stream, head, [], options);
      const session = new Session({
        send: (text) => socket.send(text),
        close: (code, reason) => socket.close(code === undefined ? 1000 : code, reason),
        abort: () => stream.destroy(),
      });
      socket.on("open", () => session.open());
      socket.on("message", (event) => session.received(event.data.toString()));
      socket.on("close", () => session.lost());
    });
    server.listen(port, "127.0.0.1");
  },
  websocket() {
    const { server: WebSocketServer } = require("websocket");
    const options = { httpServer: plain().listen(port, "127.0.0.1"), autoAcceptConnections: false };
    options.keepalive = Boolean(plan.ping_s);
    if (plan.ping_s) Object.assign(options, { keepaliveInterval: plan.ping_s * 1000, keepaliveGracePeriod: plan.pong_s * 1000 });
    if (plan.max_bytes) options.maxReceivedMessageSize = options.maxReceivedFrameSize = plan.max_bytes;
    new WebSocketServer(options).on("request", (request) => {
      if (plan.reject) return request.reject(plan.reject, plan.body);
      const connection = request.accept(null, request.origin);
      const session = new Session({
        send: (text) => connection.sendUTF(text),
        close: (code, reason) => connection.close(code === undefined ? 1000 : code, reason),
        abort: () => connection.socket.destroy(),
      });
      connection.on("message", (message) => session.received(message.utf8Data || message.binaryData.toString()));
      connection.on("close", () => session.lost());
      session.open();
    });
  },
  "nodejs-websocket"() {
    const server = require("nodejs-websocket").createServer((connection) => {
      const session = new Session({
        send: (text) => connection.sendText(text),
        close: (code, reason) => (code === undefined ? connection.close() : connection.close(code, reason)),
        abort: () => connection.socket.destroy(),
      });
      connection.on("text", (text) => session.received(text));
      connection.on("close", () => session.lost());
      connection.on("error", () => {});
      session.open();
    });
    server.listen(port, "127.0.0.1");
  },
  "socket.io"() {
    const { Server } = require("socket.io");
    const server = http.createServer();
    new Server(server, {
      pingInterval: (plan.ping_s || 25) * 1000, pingTimeout: (plan.pong_s || 20) * 1000,
      connectTimeout: (plan.login_s || 45) * 1000, maxHttpBufferSize: plan.max_bytes || 1e6,
    }).on("connection", () => {});
    server.listen(port, "127.0.0.1");
  },
  "engine.io"() {
    const server = own();
    require("engine.io").attach(server, {
      pingInterval: (plan.ping_s || 25) * 1000, pingTimeout: (plan.pong_s || 20) * 1000, allowUpgrades: true,
      maxHttpBufferSize: plan.max_bytes || 1e6,
    }).on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  },
  sockjs() {
    const server = own();
    const echo = require("sockjs").createServer({ log: () => {}, heartbeat_delay: (plan.ping_s || 25) * 1000 });
    echo.on("connection", (connection) => {
      if (!connection) return;
      const session = new Session({
        send: (text) => connection.write(text),
        close: (code, reason) => connection.close(code === undefined ? 3000 : code, reason),
        abort: () => connection.destroy(),
      });
      connection.on("data", (text) => session.received(text));
      connection.on("close", () => session.lost());
      session.open();
    });
    echo.installHandlers(server, { prefix: "/ws" });
  },
  "graphql-ws"() {
    const { GraphQLSchema, GraphQLObjectType, GraphQLString } = require("graphql");
    const { useServer } = require("graphql-ws/use/ws");
    const { WebSocketServer } = require("ws");
    const query = new GraphQLObjectType({ name: "Query", fields: { hello: { type: GraphQLString, resolve: () => "hello" } } });
    const socket = new WebSocketServer({ port, host: "127.0.0.1" });
    const options = { schema: new GraphQLSchema({ query }), connectionInitWaitTimeout: (plan.login_s || 3) * 1000 };
    if (plan.refuse) options.onConnect = () => false;
    useServer(options, socket, plan.ping_s ? plan.ping_s * 1000 : 12000);
  },
  async nes() {
    const server = require("@hapi/hapi").server({ port, host: "127.0.0.1" });
    const beat = { interval: (plan.ping_s || 15) * 1000, timeout: (plan.pong_s || 5) * 1000 };
    await server.register({ plugin: require("@hapi/nes"), options: { heartbeat: beat } });
    await server.start();
  },
};

servers[plan.server]();
