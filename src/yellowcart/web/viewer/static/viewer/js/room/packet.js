/* Red packets: a chip for each that can be tapped, or that opens soon; what one got. */

import { leftUntil, now } from "../../../base/js/clock.js";
import { el } from "../../../base/js/dom.js";
import { art, drawer, filled, once } from "./giving.js";

const API = "/api/v1/gifts/packets";
/* A page's clock may be this far behind the server's: then the server says whether it is open. */
const CLOCK_MS = 5_000;

/** Show the red packets of a room (kit.js). */
export function mount(room) {
  const packets = new Packets(room);
  room.on("state", (state, before) => {
    if (state.packets !== before?.packets || state.phase !== before?.phase) packets.draw();
  });
  setInterval(() => packets.tick(), 1000);
}

class Packets {
  constructor(room) {
    this.room = room;
    this.words = room.words.gifts;
    this.got = new Map();
    this.chip = el("button", { type: "button", class: "btn glass chip packet-chip", hidden: true, onclick: () => this.tap() });
    this.label = el("span", {});
    this.chip.append(art("packet", "gift-art--chip"), this.label);
    room.slot("top-cards").append(this.chip);
  }

  /** The packet to show: what can be tapped first, then what opens next. */
  current() {
    const { state } = this.room;
    if (state?.phase !== "live") return null;
    const open = state.packets.filter((one) => Date.parse(one.expires_at) > now() && one.taken < one.pieces && !this.got.has(one.id));
    return open[0] ?? null;
  }

  draw() {
    this.packet = this.current();
    this.chip.hidden = !this.packet;
    if (this.packet) this.tick();
  }

  tick() {
    if (!this.packet) return;
    if (Date.parse(this.packet.expires_at) <= now()) {
      this.draw();
      return;
    }
    const waits = Date.parse(this.packet.opens_at) > now();
    const text = waits ? leftUntil(this.packet.opens_at, this.words.day) : filled(this.words.packetLeft, { count: this.packet.pieces - this.packet.taken });
    if (this.label.textContent !== text) this.label.textContent = text;
    this.chip.classList.toggle("packet-chip--open", !waits);
    this.chip.setAttribute("aria-label", `${this.words.packet}, ${text}`);
  }

  async tap() {
    const packet = this.packet;
    if (!packet) return;
    const { room, words } = this;
    if (room.viewer?.guest) {
      window.location.assign(room.signInUrl);
      return;
    }
    if (Date.parse(packet.opens_at) > now() + CLOCK_MS) {
      room.toast(filled(words.packetSoon, { name: packet.name, coins: packet.coins, count: packet.pieces }));
      return;
    }
    try {
      const share = await once(() => room.api(`${API}/${packet.id}/claim`, { method: "POST" }));
      this.got.set(packet.id, share.coins);
      await this.result(packet, share);
    } catch (error) {
      if (error.code === "packet_entry" && packet.entry === "followers") await room.follow();
      else room.toast(error.message, { tone: error.code === "packet_over" ? "info" : "bad" });
      if (error.code === "packet_over") this.got.set(packet.id, 0);
    }
    this.draw();
  }

  async result(packet, share) {
    const { room, words } = this;
    this.sheet ??= drawer(room, "packet", words.packet, words);
    const list = el("ol", { class: "luck", "aria-label": words.packetLuck });
    this.sheet.body.replaceChildren(
      el("p", { class: "luck__mine" }, art("coin", "gift-art--big"), el("strong", {}, `+${share.coins}`), el("span", {}, filled(words.packetGot, { name: packet.name, coins: share.wallet }))),
      list,
    );
    room.openSheet(this.sheet.dialog);
    const others = await room.api(`${API}/${packet.id}/luck`).catch(() => []);
    list.replaceChildren(...others.slice(0, 50).map((one) => el("li", {}, el("span", {}, one.name), el("span", { class: "luck__coins" }, one.coins, art("coin", "gift-art--inline")))));
  }
}
