"""A browser and the room agree on deflated messages, and read each other's."""

from tests.e2e.conftest import Visit
from tests.e2e.test_room import XIAOLAN, live_room

#: Opens a room's socket, sends a ping, and says what was agreed, what came and what came back.
TALK = """async (room) => {
  const { request } = await import("/static/base/js/http.js");
  const pass = await request(`/api/v1/rooms/${room}/pass`, { method: "POST", json: {} });
  const { events_url } = await request(`/api/v1/rooms/${room}`);
  const url = new URL(events_url);
  url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ pass: pass.pass });
  const socket = new WebSocket(url);
  const text = "there? ".repeat(100);
  let first, echo;
  await new Promise((done, failed) => {
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.snapshot) first = { goods: frame.snapshot.cart.length, characters: data.length };
      if (frame.pong) echo = frame.pong;
      if (first && echo) done();
    };
    socket.onclose = ({ code }) => failed(new Error(`closed with ${code}`));
    socket.onopen = () => socket.send(JSON.stringify({ ping: text }));
  });
  socket.onclose = null;
  socket.close();
  return { extensions: socket.extensions, first, echoed: echo === text };
}"""


def test_a_browser_reads_and_sends_deflated_messages(visit: Visit) -> None:
    page = visit()
    page.goto("/")
    said = page.evaluate(TALK, live_room(page, XIAOLAN))
    assert "permessage-deflate" in said["extensions"]
    assert "server_no_context_takeover" in said["extensions"]
    assert said["echoed"]
    assert said["first"]["goods"] > 0
    # Long enough to have come deflated: see edge.wire.PACKED_FROM.
    assert said["first"]["characters"] > 2_000
