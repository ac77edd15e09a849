/* The lucky bag: a chip with its time, a sheet with its conditions, and what came of the draw. */

import { leftUntil, now } from "../../../base/js/clock.js";
import { el, icon } from "../../../base/js/dom.js";
import { art, dice, drawer, filled, once } from "./giving.js";

const API = "/api/v1/gifts";
const BEAT_MS = 30_000;
/* A drawn bag is shown so long. */
const SHOWN_MS = 10 * 60_000;

/** Show the lucky bag of a room (kit.js). */
export function mount(room) {
  const bag = new LuckyBag(room);
  room.on("state", (state, before) => {
    if (state.bag !== before?.bag || state.phase !== before?.phase) bag.changed(before?.bag ?? null);
  });
  room.on("entered", () => bag.load());
  setInterval(() => bag.tick(), 1000);
  setInterval(() => bag.beat(), BEAT_MS);
}

class LuckyBag {
  constructor(room) {
    this.room = room;
    this.words = room.words.gifts;
    this.mine = null;
    this.chip = el("button", { type: "button", class: "btn glass chip bag-chip", hidden: true, onclick: () => this.open() });
    this.label = el("span", {});
    this.chip.append(art("bag", "gift-art--chip"), this.label);
    room.slot("top-cards").append(this.chip);
  }

  get bag() {
    const bag = this.room.state?.bag;
    if (!bag || bag.state === "void") return null;
    if (bag.state === "drawn" && Date.parse(bag.drawn_at) + SHOWN_MS < now()) return null;
    return bag;
  }

  get member() {
    const { viewer } = this.room;
    return Boolean(viewer) && !viewer.guest && viewer.role === "viewer";
  }

  changed(before) {
    const { bag } = this;
    this.chip.hidden = !bag;
    if (!bag) return;
    if (before?.id !== bag.id) {
      this.mine = null;
      this.load().then(() => this.beat());
    }
    if (before?.id === bag.id && before.state !== "drawn" && bag.state === "drawn") this.drawn(bag);
    this.tick();
    if (this.sheet?.dialog.open) this.draw();
  }

  tick() {
    const { bag, words } = this;
    if (!bag) {
      this.chip.hidden = true;
      return;
    }
    let text = words.bagDrawn;
    if (bag.state === "open") text = Date.parse(bag.closes_at) > now() ? leftUntil(bag.closes_at, words.day) : words.bagDrawing;
    if (bag.state === "closed") text = words.bagDrawing;
    if (this.label.textContent !== text) this.label.textContent = text;
    this.chip.setAttribute("aria-label", `${words.bag}: ${bag.title}, ${text}`);
    this.chip.classList.toggle("bag-chip--in", Boolean(this.mine?.entry));
  }

  /** Where this viewer stands with the bag. */
  async load() {
    const { bag } = this;
    if (!bag || !this.member) return;
    try {
      const mine = await this.room.api(`${API}/bags/${bag.id}/mine`);
      if (this.bag?.id === bag.id) this.mine = mine;
    } catch {
      // Asked again when the sheet opens.
    }
    this.tick();
    if (this.sheet?.dialog.open) this.draw();
  }

  /** Bags that ask for a time of watching learn of it while the page is in sight. */
  async beat() {
    const { bag } = this;
    if (!bag || bag.state !== "open" || !bag.needs.watch_seconds || !this.member) return;
    if (this.mine?.entry || document.hidden) return;
    const told = await this.room.api(`${API}/bags/${bag.id}/beat`, { method: "POST" }).catch(() => null);
    if (told && this.mine && told.watched_seconds >= bag.needs.watch_seconds) await this.load();
    else if (told && this.mine) this.mine.watched_seconds = told.watched_seconds;
    if (this.sheet?.dialog.open) this.draw();
  }

  async open() {
    this.sheet ??= drawer(this.room, "bag", this.words.bag, this.words);
    this.draw();
    this.room.openSheet(this.sheet.dialog);
    await this.load();
  }

  async drawn(bag) {
    await this.load();
    const { prize } = this.mine ?? {};
    if (!prize) return;
    this.room.toast(filled(this.words.bagWon, { title: bag.title }), { tone: "ok" });
    // Never over something that the viewer is doing.
    if (!document.querySelector("dialog[open]")) this.open();
  }

  draw() {
    const { bag, words } = this;
    if (!bag) return;
    const { body, foot } = this.sheet;
    body.replaceChildren(
      el("div", { class: "bag__head" }, art("bag", "gift-art--big"), el("div", {}, el("p", { class: "bag__title strong" }, bag.title), el("p", { class: "muted" }, this.prizeWords(bag)))),
      el("p", { class: "bag__figures" }, el("span", {}, filled(words.bagWinners, { count: bag.winners_wanted })), el("span", {}, filled(words.bagEntrants, { count: bag.entrants }))),
      ...(bag.state === "open" ? this.needs(bag) : this.outcome(bag)),
      el("p", { class: "faint small bag__proof" }, icon("shield", "small"), el("span", {}, words.bagFair, " ", el("a", { href: `/bags/${bag.id}/`, target: "_blank", rel: "noopener" }, words.bagVerify))),
    );
    foot.hidden = bag.state !== "open";
    foot.replaceChildren(this.action(bag));
  }

  prizeWords(bag) {
    const { words } = this;
    if (bag.prize === "coins") return filled(bag.coins_each === 1 ? words.bagCoin : words.bagCoins, { coins: bag.coins_each });
    if (bag.prize === "coupon") return words.bagCoupon;
    const item = this.room.state.cart.find((one) => one.listing_id === bag.listing_id);
    return item ? filled(words.bagGoods, { title: item.title }) : words.bagGoodsGone;
  }

  needs(bag) {
    const { words, mine } = this;
    const { needs } = bag;
    const rows = [];
    const row = (name, text, button = null) => {
      const met = mine && !mine.unmet.includes(name);
      rows.push(el("li", { class: met ? "need need--met" : "need" }, icon(met ? "check" : "clock", "small"), el("span", { class: "grow" }, text), met ? null : button));
    };
    const small = (text, onclick) => (this.member ? el("button", { type: "button", class: "btn btn--small", onclick }, text) : null);
    if (needs.follow) row("follow", words.needFollow, small(words.doFollow, () => this.room.follow().then(() => this.load())));
    if (needs.say) row("say", filled(words.needSay, { text: needs.say }), small(words.doSay, () => this.say(needs.say)));
    if (needs.watch_seconds) row("watch", filled(words.needWatch, { done: Math.min(mine?.watched_seconds ?? 0, needs.watch_seconds), all: needs.watch_seconds }));
    if (needs.buy) row("buy", words.needBuy);
    if (!rows.length) return [el("p", { class: "muted" }, words.needNothing)];
    return [el("ul", { class: "needs", role: "list" }, rows)];
  }

  say(text) {
    this.room.send({ chat: text });
    setTimeout(() => this.load(), 900);
  }

  action(bag) {
    const { words, mine, room } = this;
    if (room.viewer?.guest) return el("a", { class: "btn btn--primary grow", href: room.signInUrl }, words.signIn);
    if (mine?.entry) return el("p", { class: "bag__in grow", role: "status" }, icon("check", "small"), el("span", {}, filled(words.bagIn, { name: mine.entry.pseudonym })));
    const ready = this.member && mine && !mine.unmet.length && Date.parse(bag.closes_at) > now();
    return el("button", { type: "button", class: "btn btn--primary grow", disabled: !ready, onclick: () => this.enter(bag) }, ready ? words.bagEnter : words.bagNotYet);
  }

  async enter(bag) {
    try {
      await once(() => this.room.api(`${API}/bags/${bag.id}/entry`, { method: "POST", json: { nonce: dice() } }));
    } catch (error) {
      this.room.toast(error.message, { tone: "bad" });
    }
    await this.load();
  }

  outcome(bag) {
    const { words, mine } = this;
    if (bag.state === "closed") return [el("p", { role: "status" }, words.bagDrawing)];
    const names = bag.winners.map((one) => el("li", { class: one.pseudonym === mine?.entry?.pseudonym ? "strong" : null }, one.name));
    const list = names.length ? el("ol", { class: "luck", "aria-label": words.bagWinnersAre }, names) : el("p", { class: "muted" }, words.bagNobody);
    return [mine?.prize ? this.prize(mine.prize) : mine?.entry ? el("p", { class: "muted" }, words.bagLost) : null, el("h3", {}, words.bagWinnersAre), list].filter(Boolean);
  }

  prize(prize) {
    const { words } = this;
    if (prize.state === "lapsed") return el("p", { class: "callout callout--warn" }, words.prizeLapsed);
    if (prize.order_id) return el("p", { class: "callout callout--ok" }, words.prizeSent, " ", el("a", { href: `/orders/${prize.order_id}/` }, words.seeOrder));
    if (prize.state === "given") return el("p", { class: "callout callout--ok" }, prize.prize === "coins" ? filled(prize.coins === 1 ? words.prizeCoin : words.prizeCoins, { coins: prize.coins }) : words.prizeCoupon);
    const field = (name, label, auto) => el("label", { class: "field" }, el("span", { class: "field__label" }, label), el("input", { class: "input", name, autocomplete: auto, required: true }));
    return el(
      "form",
      { class: "stack callout callout--ok prize-form", onsubmit: (event) => this.claim(event, prize) },
      el("p", { class: "strong" }, filled(words.prizeWhere, { left: leftUntil(prize.claim_until, words.day) })),
      field("name", words.addressName, "name"),
      field("phone", words.addressPhone, "tel"),
      field("address", words.address, "street-address"),
      el("button", { class: "btn btn--primary" }, words.prizeSend),
    );
  }

  async claim(event, prize) {
    event.preventDefault();
    const json = Object.fromEntries(new FormData(event.target));
    try {
      await once(() => this.room.api(`${API}/prizes/${prize.prize_id}/claim`, { method: "POST", json }));
    } catch (error) {
      this.room.toast(error.message, { tone: "bad" });
    }
    await this.load();
  }
}
