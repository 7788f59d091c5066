// Servers for clients that want their own protocol: `node node_server.js KIND`; says its port.
const kind = process.argv[2];
const http = require("http").createServer();

const servers = {
  graphql() {
    const { WebSocketServer } = require("ws");
    const { useServer } = require("graphql-ws/use/ws");
    const { buildSchema } = require("graphql");
    const schema = buildSchema("type Query { one: Int } type Subscription { ticks: Int }");
    async function* ticks() {
      for (let tick = 0; ; tick++) {
        yield { ticks: tick };
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
    useServer({ schema, roots: { subscription: { ticks } } }, new WebSocketServer({ server: http }), 1e9);
  },
  socketio() {
    const { Server } = require("socket.io");
    new Server(http);
  },
};
servers[kind]();
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
