/* Gifts: the sheet from which they are sent, the wallet, and what the room shows of them. */

import { el, icon } from "../../../base/js/dom.js";
import { art, dice, drawer, filled, once } from "./giving.js";

const API = "/api/v1/gifts";
const SHOWN_MS = 4200;
const LANES = 2;
/* Taps on "send" within this are one request. */
const TAPS_MS = 260;
const LOOK_MS = 2500;
const COUNTS = [1, 10, 66];

/** Show and send gifts in a room (kit.js). */
export function mount(room) {
  const gifts = new Gifts(room);
  room.on("gift", (event) => gifts.came(event.combo));
  room.on("state", (state, before) => {
    if (state.phase !== before?.phase) gifts.offer();
  });
  room.on("entered", () => gifts.offer());
}

class Gifts {
  constructor(room) {
    this.room = room;
    this.words = room.words.gifts;
    this.button = el("button", { type: "button", class: "btn btn--icon glass gift-button", "aria-label": this.words.send, hidden: true, onclick: () => this.open() }, icon("gift"));
    room.slot("bar").append(this.button);
    this.show = el("div", { class: "gift-show", "aria-hidden": "true" });
    room.slot("stage").append(this.show);
    this.shown = new Map();
    this.waiting = [];
    this.sheet = null;
    this.list = null;
    this.coins = null;
    this.count = 1;
    this.taps = 0;
  }

  offer() {
    const { state, viewer } = this.room;
    this.button.hidden = state?.phase !== "live" || viewer?.role === "host";
  }

  /** The catalogue, asked for once. */
  async catalogue() {
    this.list ??= this.room.api(`${API}/catalogue`).catch((error) => {
      this.list = null;
      throw error;
    });
    return this.list;
  }

  async open() {
    if (!this.sheet) this.build();
    this.room.openSheet(this.sheet.dialog);
    try {
      const told = await this.catalogue();
      if (!this.chosen) this.draw(told);
      await this.wallet();
    } catch (error) {
      this.room.toast(error.message, { tone: "bad" });
    }
  }

  build() {
    const { words } = this;
    this.sheet = drawer(this.room, "gifts", words.title, words);
    this.purse = el("button", { type: "button", class: "purse", onclick: () => this.topUps() }, art("coin", "gift-art--inline"), el("span", { class: "purse__coins" }, "–"), el("span", { class: "purse__more" }, words.topUp));
    this.sheet.heading.after(this.purse);
    this.sheet.foot.hidden = false;
  }

  draw(told) {
    const { words } = this;
    this.told = told;
    this.names = new Map(told.gifts.map((gift) => [gift.key, gift]));
    this.chosen = told.gifts[0].key;
    const grid = el("div", { class: "gift-grid", role: "radiogroup", "aria-label": words.title });
    for (const gift of told.gifts) {
      const input = el("input", { type: "radio", class: "sr-only", name: "gift", value: gift.key, onchange: () => this.choose(gift.key) });
      grid.append(el("label", { class: "gift-card" }, input, art(gift.art), el("span", { class: "gift-card__name" }, gift.name), el("span", { class: "gift-card__coins" }, art("coin", "gift-art--inline"), gift.coins)));
    }
    const counts = el("div", { class: "segments gift-counts", role: "radiogroup", "aria-label": words.quantity });
    for (const count of COUNTS) {
      const input = el("input", { type: "radio", class: "sr-only", name: "gift-count", value: count, checked: count === 1, onchange: () => this.choose(this.chosen, count) });
      counts.append(el("label", { class: "gift-count" }, input, `×${count}`));
    }
    this.sendButton = el("button", { type: "button", class: "btn btn--primary grow", onclick: () => this.tap() });
    this.sheet.body.replaceChildren(grid);
    this.sheet.foot.replaceChildren(counts, this.sendButton);
    grid.querySelector("input").checked = true;
    this.choose(this.chosen);
  }

  choose(key, count = this.count) {
    this.chosen = key;
    this.count = count;
    const gift = this.names.get(key);
    this.sendButton.replaceChildren(filled(gift.coins * count === 1 ? this.words.sendForOne : this.words.sendFor, { coins: gift.coins * count }));
  }

  async wallet() {
    if (!this.room.viewer || this.room.viewer.guest) return;
    const told = await this.room.api(`${API}/wallet`);
    this.hold(told.coins);
  }

  hold(coins) {
    this.coins = coins;
    this.purse.querySelector(".purse__coins").textContent = coins;
  }

  /** Taps are added up for a moment, so that a row of them is one request. */
  tap() {
    if (this.room.viewer?.guest) {
      window.location.assign(this.room.signInUrl);
      return;
    }
    if (this.pending && this.pending.gift !== this.chosen) this.send();
    this.pending ??= { gift: this.chosen, quantity: 0 };
    this.pending.quantity += this.count;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), TAPS_MS);
  }

  async send() {
    const wish = this.pending;
    if (!wish) return;
    this.pending = null;
    clearTimeout(this.timer);
    const json = { ...wish, idempotency_key: dice() };
    try {
      const sent = await once(() => this.room.api(`${API}/rooms/${this.room.id}/gifts`, { method: "POST", json }));
      this.hold(sent.left);
    } catch (error) {
      this.room.toast(error.message, { tone: "bad" });
      if (error.code === "not_enough_coins") {
        this.hold(error.body.coins);
        this.topUps();
      }
    }
  }

  /* Coins */

  topUps() {
    if (this.room.viewer?.guest) {
      window.location.assign(this.room.signInUrl);
      return;
    }
    const { words, told } = this;
    if (!told) return;
    this.top ??= drawer(this.room, "coins", words.topUp, words);
    const grid = el("div", { class: "pack-grid" });
    for (const pack of told.packs) {
      grid.append(el("button", { type: "button", class: "pack", onclick: () => this.buy(pack.coins) }, el("span", { class: "pack__coins" }, art("coin", "gift-art--inline"), pack.coins), el("span", { class: "pack__price" }, pack.price_display)));
    }
    this.bought = el("p", { class: "muted", role: "status" });
    this.top.body.replaceChildren(grid, this.bought, el("p", { class: "faint small" }, told.terms, " ", words.coinsAre));
    this.room.openSheet(this.top.dialog);
  }

  async buy(coins) {
    // Opened at the tap, or the browser would take it for an advertisement; the room goes on.
    const page = window.open("", "_blank");
    const json = { coins, idempotency_key: dice(), return_url: window.location.pathname };
    try {
      const begun = await once(() => this.room.api(`${API}/top-ups`, { method: "POST", json }));
      if (page) page.location = begun.pay_url;
      const link = el("a", { href: begun.pay_url, target: "_blank", rel: "noopener" }, this.words.payPage);
      this.bought.replaceChildren(this.words.paying, " ", link);
      this.watch(begun.top_up_id, 240);
    } catch (error) {
      page?.close();
      this.room.toast(error.message, { tone: "bad" });
    }
  }

  /** Look until the payment came, while the sheet is open. */
  watch(id, left) {
    clearTimeout(this.looking);
    this.looking = setTimeout(async () => {
      const told = await this.room.api(`${API}/top-ups/${id}`).catch(() => null);
      if (told?.state === "paid") {
        this.bought.replaceChildren(filled(this.words.paid, { coins: told.coins }));
        await this.wallet();
        setTimeout(() => this.top.dialog.close(), 900);
      } else if (left > 0 && this.top.dialog.open) this.watch(id, left - 1);
    }, LOOK_MS);
  }

  /* What the room shows */

  async came(combo) {
    const told = await this.catalogue().catch(() => null);
    const gift = told?.gifts.find((one) => one.key === combo.gift);
    if (!gift) return;
    const known = this.shown.get(combo.id);
    if (known) this.bump(known, combo);
    else {
      const place = this.waiting.findIndex((one) => one.combo.id === combo.id);
      if (place >= 0) this.waiting[place].combo = combo;
      else this.waiting.push({ combo, gift });
      // A flood shows its dearest gifts.
      if (this.waiting.length > 12) this.waiting.sort((one, other) => other.combo.coins - one.combo.coins).length = 12;
      this.next();
    }
  }

  next() {
    while (this.shown.size < LANES && this.waiting.length) {
      const { combo, gift } = this.waiting.shift();
      const count = el("span", { class: "gift-banner__count" });
      const node = el("p", { class: `gift-banner gift-banner--${gift.tier}`, "aria-hidden": "true" }, el("span", { class: "gift-banner__words" }, el("strong", { class: "truncate" }, combo.name), el("span", { class: "truncate" }, filled(this.words.sent, { gift: gift.name }))), art(gift.art, "gift-banner__art"), count);
      this.room.slot("lane").append(node);
      const shown = { node, count };
      this.shown.set(combo.id, shown);
      this.bump(shown, combo);
      if (gift.tier !== "small") this.room.announce(filled(this.words.said, { name: combo.name, gift: gift.name }));
      if (gift.tier === "large") this.perform(gift);
    }
  }

  bump(shown, combo) {
    shown.count.textContent = `×${combo.count}`;
    shown.count.classList.remove("gift-banner__count--in");
    void shown.count.offsetWidth;
    shown.count.classList.add("gift-banner__count--in");
    clearTimeout(shown.timer);
    shown.timer = setTimeout(() => {
      shown.node.remove();
      this.shown.delete(combo.id);
      this.next();
    }, SHOWN_MS);
  }

  /** A large gift passes over the lower half of the picture, under everything that can be tapped. */
  perform(gift) {
    const node = art(gift.art, `gift-show__one gift-show__one--${gift.art}`);
    this.show.replaceChildren(node);
    node.addEventListener("animationend", () => node.remove());
    setTimeout(() => node.remove(), SHOWN_MS);
  }
}
