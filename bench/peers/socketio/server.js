/* socket.io as its documentation sets it up for a chat, without what slows it down: WebSocket only,
   no compression. Whatever a client says goes to everybody, encoded once by its adapter. */

const { Server } = require("socket.io");

const io = new Server(Number(process.argv[2]), {
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
});
io.on("connection", (socket) => {
  socket.on("m", (message) => io.emit("m", message));
});
console.log("ready");
