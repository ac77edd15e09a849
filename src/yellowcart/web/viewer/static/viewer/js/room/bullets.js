/* Bullet messages of purchases, one after the other over the stage: few at a time, and the rest as
   a number. Shown once; a room that is full of them shows the latest. */

import { el, icon } from "../../../base/js/dom.js";

const SHOWN_MS = 3200;
const MOST_WAITING = 4;

/** Show the purchases of a room (kit.js). */
export function mount(room) {
  const bullets = new Bullets(room.slot("lane"), room.words);
  room.on("purchases", (event) => bullets.take(event, room.state));
}

class Bullets {
  /** `lane` is the element they are shown in. */
  constructor(lane, words) {
    this.words = words;
    this.waiting = [];
    this.spot = el("p", { class: "bullet", "aria-hidden": "true", hidden: true });
    lane.append(this.spot);
  }

  /** Take in an event; `state` is the room's, for what was bought. */
  take(event, state) {
    const titles = new Map(state.cart.map((item) => [item.listing_id, item.title]));
    const lines = event.purchases.map((one) => [this.words.justBought.replace("%(name)s", one.name), titles.get(one.listing_id)]);
    if (event.more) lines.push([this.words.moreBought.replace("%(count)s", event.more), ""]);
    this.waiting.push(...lines);
    this.waiting.splice(0, Math.max(0, this.waiting.length - MOST_WAITING));
    if (!this.timer) this.next();
  }

  next() {
    const line = this.waiting.shift();
    this.timer = line ? setTimeout(() => this.next(), SHOWN_MS) : null;
    this.spot.hidden = !line;
    if (!line) return;
    const [words, title] = line;
    this.spot.replaceChildren(icon("bolt", "small"), el("span", { class: "strong" }, words), title ? el("span", { class: "truncate" }, title) : "");
    this.spot.classList.remove("bullet--in");
    void this.spot.offsetWidth;
    this.spot.classList.add("bullet--in");
  }
}
