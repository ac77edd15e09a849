/* What there is to do when the show is over: its replay, its host, and who is live now. */

import { cover, el, icon } from "../../../base/js/dom.js";
import { request } from "../../../base/js/http.js";

const MOST = 3;

/** An element that fills itself. */
export function over(state, { words, places }) {
  const rooms = el("ul", { class: "others", role: "list" });
  request("/api/v1/rooms")
    .then((live) => {
      const others = live.filter((one) => one.room_id !== state.roomId).slice(0, MOST);
      rooms.replaceChildren(...others.map((one) => el("li", {}, card(one))));
      if (others.length) rooms.before(el("p", { class: "small" }, words.othersLive));
    })
    .catch(() => {});
  const replay = state.video?.replay;
  return el(
    "div",
    { class: "veil__ways" },
    el(
      "p",
      { class: "cluster" },
      replay ? el("a", { class: "btn btn--primary", href: replay }, icon("play", "small"), words.replay) : null,
      el("a", { class: replay ? "btn" : "btn btn--primary", href: places.profile }, icon("user", "small"), words.toHost.replace("%(name)s", state.host.name)),
    ),
    rooms,
  );
}

function card({ room_id: id, title, cover_url: picture, host }) {
  return el(
    "a",
    { class: "others__card", href: `/rooms/${id}/` },
    el("span", { class: "others__cover" }, cover(picture, title, id)),
    el("span", { class: "others__name truncate" }, host),
  );
}
