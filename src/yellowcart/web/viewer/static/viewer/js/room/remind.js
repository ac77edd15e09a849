/* "Remind me" in a room that is to come: how many want it, and the show for one's calendar. */

import { el, icon } from "../../../base/js/dom.js";

/** Show the card while the room is to come. */
export function mount(room) {
  const words = room.words.remind;
  const card = el("div", { class: "remindcard", hidden: true });
  room.slot("top-cards").append(card);
  let standing = null;

  async function ask(method) {
    try {
      standing = await room.api("reminder", { method });
    } catch (error) {
      if (error.status === 401) window.location.href = room.signInUrl;
      else room.toast(error.message, { tone: "bad" });
    }
    draw();
    if (method === "PUT" && standing?.reminded) room.toast(words.willRemind, { tone: "ok", milliseconds: 3000 });
  }

  function draw() {
    const coming = room.state?.phase === "scheduled" && !room.state.practice;
    card.hidden = !coming || !standing;
    if (card.hidden) return;
    card.replaceChildren(
      el(
        "button",
        {
          type: "button",
          class: standing.reminded ? "btn btn--small glass" : "btn btn--primary btn--small",
          "aria-pressed": String(standing.reminded),
          onclick: () => ask(standing.reminded ? "DELETE" : "PUT"),
        },
        icon(standing.reminded ? "check" : "bell", "small"),
        standing.reminded ? words.reminded : words.remindMe,
      ),
      el("a", { class: "btn btn--small glass", href: `/rooms/${room.id}/show.ics` }, icon("calendar", "small"), words.calendar),
      standing.count ? el("span", { class: "small remindcard__count" }, words.waiting.replace("%(count)s", standing.count)) : "",
    );
  }

  room.on("state", (state, before) => {
    if (state.phase === "scheduled" && !standing && !before) ask("GET");
    if (state.phase !== before?.phase) draw();
  });
}
