/* Puts a room's state on the page. Each part is drawn again only when its piece of the state is
   another value; chat is added to, so that a reader's place is kept. */

import { cover, el, icon, price } from "../../../base/js/dom.js";
import { barredRows, row } from "./cart.js";
import { keepFocus } from "./focus.js";
import { linkUp, waitsFor } from "./linkup.js";
import { costOf, faceOf } from "./pricing.js";
import { couponStrip } from "./wallet.js";
import { moment, said } from "./words.js";

const NEAR_END = 80;

export class RoomView {
  /** `root` is the room's element; `context`: words, places, basket, wallet, fan(), signInUrl,
      onBuy(listingId). */
  constructor(root, context) {
    this.root = root;
    this.context = context;
    this.shown = null;
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
  }

  /** Show a state. */
  show(state) {
    const before = this.shown;
    const changed = (key) => !before || before[key] !== state[key];
    if (changed("phase") || changed("title") || changed("startedAt")) this.phase(state);
    if (changed("viewers")) this.viewers(state.viewers);
    if (changed("cart") || changed("pinned")) this.cart(state);
    if (changed("selling")) this.selling(state.selling);
    if (changed("chat")) this.chat(state.chat, before?.chat ?? []);
    this.shown = state;
  }

  phase(state) {
    const { words } = this.context;
    this.root.dataset.phase = state.phase;
    this.parts.title.textContent = state.title;
    const badge = this.parts.badge;
    badge.className = `badge ${state.phase === "live" ? "badge--live" : "badge--glass"}`;
    badge.textContent = words.phases[state.phase] ?? state.phase;
    const veil = this.parts.veil;
    veil.hidden = state.phase === "live";
    if (state.phase === "scheduled") {
      veil.replaceChildren(
        el("p", { class: "veil__title" }, words.startsAt.replace("%(when)s", moment(state.scheduledAt))),
        el("p", {}, words.startsIn, " ", el("time", { class: "countdown", datetime: state.scheduledAt, "data-countdown": true })),
      );
    } else if (state.phase !== "live") {
      veil.replaceChildren(el("p", { class: "veil__title" }, words.over), el("p", {}, words.overMore));
    }
  }

  viewers(count) {
    this.parts.viewers.textContent = this.context.words.viewers.replace("%(count)s", count.toLocaleString(document.documentElement.lang));
  }

  cart(state) {
    const { words, onBuy } = this.context;
    const context = { ...this.context, fan: this.context.fan(), pinned: state.pinned };
    const offered = state.cart.filter((item) => item.state === "mounted");
    const barred = state.cart.filter((item) => item.state === "barred");
    const first = offered.filter((item) => item.listing_id === state.pinned);
    const rest = offered.filter((item) => item.listing_id !== state.pinned);
    const number = new Map(state.cart.map((item, index) => [item.listing_id, index + 1]));
    const place = (item) => number.get(item.listing_id);
    keepFocus(this.parts.goods, () => {
      this.parts.goods.replaceChildren(...[...first, ...rest].map((item) => row(item, place(item), context)));
    });
    this.context.basket.show(state.cart);
    this.parts.barred.replaceChildren(...barredRows(barred, place, context));
    this.parts.barredHead.hidden = !barred.length;
    this.parts.barredHead.querySelector("[data-count]").textContent = barred.length;
    this.parts.emptyCart.hidden = state.cart.length > 0;
    for (const node of this.root.querySelectorAll("[data-part-count]")) node.textContent = offered.length;
    this.pinned(first[0], onBuy, words);
  }

  /** The coupons above the cart, and the cart as this viewer sees it. */
  mine(state) {
    const { words, wallet, signInUrl } = this.context;
    const strip = this.parts.coupons;
    keepFocus(strip, () => {
      strip.replaceChildren(...couponStrip(wallet, words, { claim: (coupon) => wallet.claim(coupon), signInUrl }));
    });
    strip.hidden = !strip.children.length;
    this.cart(state);
  }

  /** How the room sells, where it is not as buyers expect. */
  selling(selling) {
    const { words } = this.context;
    const lines = [
      selling?.reservation === "first_paid" ? words.firstPaid : "",
      selling?.reservation === "hold" && selling.hold_seconds ? words.holds.replace("%(minutes)s", String(Math.round(selling.hold_seconds / 6) / 10)) : "",
      selling?.purchase_limit ? words.roomLimit.replace("%(count)s", selling.purchase_limit) : "",
    ].filter(Boolean);
    this.parts.selling.hidden = !lines.length;
    this.parts.selling.textContent = lines.join(" ");
  }

  pinned(item, onBuy, words) {
    const spot = this.parts.pinned;
    spot.hidden = !item;
    if (!item) {
      delete spot.dataset.shownListing;
      spot.replaceChildren();
      return;
    }
    spot.dataset.shownListing = item.listing_id;
    const jump = item.integration === "link";
    spot.replaceChildren(
      el("div", { class: "pinned__cover" }, cover(item.image, item.title, item.product_id)),
      el(
        "div",
        { class: "pinned__main" },
        el("span", { class: "pinned__label" }, icon("pin", "small"), words.pinned),
        el("span", { class: "truncate strong" }, item.title),
        item.price_hidden ? el("span", { class: "goods__price--hidden" }, words.priceHidden) : item.price ? this.pinnedPrice(item) : null,
        linkUp(item, words),
      ),
      jump
        ? el("a", { class: "btn btn--small", href: item.jump_url, target: "_blank", rel: "noopener nofollow" }, words.look, icon("link-out", "small"))
        : el("button", { type: "button", class: "btn btn--primary btn--small", disabled: item.on_sale === false, onclick: () => onBuy(item.listing_id) }, waitsFor(item) ? words.soon : words.buy),
    );
  }

  pinnedPrice(item) {
    const fan = this.context.fan();
    const face = faceOf(item, fan);
    if (!face || item.integration === "link") return price(item.price);
    const { unit, special } = costOf(face, 1, fan);
    return el(
      "span",
      { class: "pinned__price" },
      price(unit),
      special?.ends_at ? el("time", { class: "countdown", datetime: special.ends_at, "data-countdown": true }) : null,
      special && special.left !== null ? el("span", { class: "small" }, this.context.words.atThisPrice.replace("%(count)s", special.left)) : null,
    );
  }

  chat(messages, before) {
    const list = this.parts.chat;
    const kept = new Set(messages.map((message) => message.id));
    for (const node of [...list.children]) {
      if (node.dataset.id && !kept.has(node.dataset.id)) node.remove();
    }
    const known = new Set(before.map((message) => message.id));
    const fresh = messages.filter((message) => !known.has(message.id));
    if (fresh.length) this.add(...fresh.map((message) => this.message(message)));
  }

  add(...nodes) {
    const list = this.parts.chat;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
    list.append(...nodes);
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  message({ id, name, role, text }) {
    const badge = this.context.words.roles[role];
    return el(
      "li",
      { class: "said", dataset: { id } },
      badge ? el("span", { class: `badge ${role === "host" ? "badge--solid" : "badge--info"}` }, badge) : null,
      el("span", { class: "said__name" }, name),
      el("span", { class: "said__text" }, text),
    );
  }

  /** A line of the platform's own among what is said. */
  announce(text) {
    this.add(el("li", { class: "said said--notice" }, icon("scale", "small"), el("span", {}, text)));
  }

  /** Whether the line to the room stands. */
  status(status) {
    const node = this.parts.status;
    node.hidden = status === "live";
    node.textContent = this.context.words.statuses[status] ?? "";
  }

  /** The listings that just left or came back, seen for a moment. */
  flash(listingIds) {
    for (const id of listingIds) {
      this.root.querySelector(`[data-listing="${CSS.escape(id)}"]`)?.classList.add("goods--flash");
    }
  }

  /** What a cut-over took out of the cart, in one sentence. */
  cutWords({ listings = [], restored = [], reason, at }) {
    const { words } = this.context;
    if (!listings.length) return words.restored.replace("%(count)s", restored.length);
    return `${words.cut.replace("%(when)s", moment(at)).replace("%(count)s", listings.length)} ${said(reason)}`;
  }
}
