// The clients of the five failure stories for Node, with the package `ws` (npm install ws), as in the Python programs
// beside it. Start the lab and a tap in front of it, then a client:
//
//     wsmonitor lab --port 8765
//     wsmonitor tap ws://localhost:8765 --listen 9001 --ping-timeout 2s
//     node stories.js 4 ws://localhost:9001            # and with --fixed; --beat 0.5 is twice as fast

const WebSocket = require("ws");

const words = process.argv.slice(2);
const number = words[0];
const url = (words[1] ?? "").replace(/\/$/, "");
const fixed = words.includes("--fixed");
const beatMs = 1000 * Number(words.includes("--beat") ? words[words.indexOf("--beat") + 1] : 1);
const ms = (beats) => `${Math.max(1, Math.round(beats * beatMs))}ms`;

const REFERENCE = `/reference?heartbeat=${ms(3)}`;

const STORIES = {
  // A keep-alive on a timer that nobody stops when the connection begins to close, written past the library's guard.
  1: {
    path: `/no_close_reply?hold=${ms(4)}`,
    fixedPath: `/no_close_reply?hold=${ms(4)}`,
    opened(socket) {
      const beats = setInterval(() => {
        if (fixed && socket.readyState !== WebSocket.OPEN) return;
        const beat = JSON.stringify({ type: "stt.heartbeat", timestamp: Date.now() / 1000 });
        socket._sender.send(beat, { binary: false, mask: true, fin: true, compress: false });
      }, beatMs);
      const closing = setTimeout(() => socket.close(1000), 3.5 * beatMs);
      socket.on("close", () => { clearInterval(beats); clearTimeout(closing); });
    },
  },
  // Five tabs at a server whose heartbeat to all fails on the first one that is gone.
  2: {
    path: `/broadcast?low=${ms(3)}&high=${ms(9)}&beat=${ms(0.5)}`,
    fixedPath: REFERENCE,
    connections: 5,
    opened: (socket) => segments(socket, "segment"),
  },
  // A server that gives the client up, sends once more and closes twice.
  3: { path: `/double_close?after=${ms(3)}`, fixedPath: REFERENCE, opened: (socket) => segments(socket, "segment") },
  // JSON pings that are answered, ping frames that are not: gone after a while.
  4: {
    path: `/read_deadline?ping=${ms(3)}&deadline=${ms(12)}`,
    fixedPath: `/read_deadline?ping=${ms(3)}&deadline=${ms(12)}`,
    options: { autoPong: fixed },
    opened(socket) {
      let id = 0;
      socket.send(JSON.stringify({ type: "session_info", session_id: "their-session" }));
      const pings = setInterval(() => socket.send(JSON.stringify({ type: "ping", id: id++ })), beatMs);
      socket.on("close", () => clearInterval(pings));
    },
  },
  // Accepted, and gone before the first message.
  5: {
    path: "/early_close",
    fixedPath: REFERENCE,
    opened: (socket) => socket.once("message", () => segments(socket, "audio")),
  },
};

function segments(socket, type) {
  const sending = setInterval(() => socket.send(JSON.stringify({ type })), beatMs / 2);
  socket.on("close", () => clearInterval(sending));
}

function connect(story, which) {
  const socket = new WebSocket(url + (fixed ? story.fixedPath : story.path), story.options);
  socket.on("open", () => {
    console.log(`${which}: connected`);
    story.opened(socket);
  });
  socket.on("error", (error) => console.log(`${which}: ${error.message}`));
  socket.on("close", (code) => {
    console.log(`${which}: closed ${code}`);
    setTimeout(() => connect(story, which), (1 + Math.random()) * beatMs);
  });
}

const story = STORIES[number];
if (story === undefined || !/^wss?:\/\//.test(url)) {
  console.error("usage: node stories.js 1|2|3|4|5 ws://localhost:9001 [--fixed] [--beat SECONDS]");
  process.exit(2);
}
for (let which = 0; which < (story.connections ?? 1); which += 1) connect(story, which);
