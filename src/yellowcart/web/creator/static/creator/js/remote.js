/* The remote control: on a new device it trades the code behind the # for a token. Then it hears
   the room, and asks for what it shows whenever something happens; where the line is down it asks
   every two seconds. */

import { RoomSession } from "../../viewer/js/room/session.js";
import { CART_EVENTS } from "./events.js";
import "./since.js";

const REFRESH_PAUSE = 150;
const POLL = 2000;
/* Steps of the script without goods are no event of the room. */
const SLOW_POLL = 10_000;

const form = document.querySelector("[data-take-over]");
const code = window.location.hash.slice(1);
if (form && code) {
  form.elements.code.value = code;
  form.hidden = false;
  document.querySelector("[data-refused]").hidden = true;
  window.history.replaceState(null, "", window.location.pathname);
}

const root = document.querySelector("[data-remote]");
if (root) follow();

function follow() {
  let soon = null;
  let asked = 0;
  let isLive = false;

  const refresh = () => {
    soon ??= setTimeout(() => {
      soon = null;
      asked = Date.now();
      window.htmx.trigger(root, "refresh");
    }, REFRESH_PAUSE);
  };
  const session = new RoomSession(
    root.dataset.remote,
    {
      show(state) {
        const viewers = root.querySelector("[data-viewers]");
        if (viewers) viewers.textContent = String(state.viewers ?? 0);
      },
      happened(event) {
        if (CART_EVENTS.has(event.type) || event.type === "room.state") refresh();
      },
      ticked: refresh,
      restarted: refresh,
      status(name) {
        isLive = name === "live";
        root.dataset.line = name;
      },
    },
    root.dataset.pass,
  );
  session.start();
  setInterval(() => {
    if (Date.now() - asked >= (isLive ? SLOW_POLL : POLL)) refresh();
  }, POLL / 4);
}
