/* Puts a room's state on the page. Each part is drawn again only when its piece of the state is
   another value, each line of the cart only when it is another: a finger on its way to a button
   finds the button. */

import { cover, el, icon, price } from "../../../base/js/dom.js";
import { barredRows, row } from "./cart.js";
import { ChatList } from "./chat.js";
import { keepFocus } from "./focus.js";
import { linkUp, waitsFor } from "./linkup.js";
import { costOf, faceOf } from "./pricing.js";
import { couponStrip } from "./wallet.js";
import { moment, said } from "./words.js";

export class RoomView {
  /** `root` is the room's element; `context`: words, places, basket, wallet, fan(), me(),
      signInUrl, onBuy(listingId), over(state) → what is shown when the show is over. */
  constructor(root, context) {
    this.root = root;
    this.context = context;
    this.shown = null;
    this.rows = new Map();
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
    this.said = new ChatList({ list: this.parts.chat, newer: this.parts.newer, heard: this.parts.heard }, { words: context.words, me: context.me });
  }

  /** Show a state. */
  show(state) {
    const before = this.shown;
    const changed = (key) => !before || before[key] !== state[key];
    if (changed("phase") || changed("title") || changed("startedAt")) this.phase(state);
    if (changed("viewers")) this.viewers(state.viewers);
    if (changed("cart") || changed("pinned") || changed("phase")) this.cart(state);
    if (changed("selling")) this.selling(state.selling);
    if (changed("chat")) this.said.show(state.chat);
    this.shown = state;
  }

  phase(state) {
    const { words } = this.context;
    this.root.dataset.phase = state.phase;
    this.explained = null;
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
      veil.replaceChildren(el("p", { class: "veil__title" }, words.over), el("p", {}, words.overMore), this.context.over(state));
    }
  }

  viewers(count) {
    this.parts.viewers.textContent = this.context.words.viewers.replace("%(count)s", count.toLocaleString(document.documentElement.lang));
  }

  cart(state) {
    const { words, onBuy } = this.context;
    const context = { ...this.context, fan: this.context.fan(), pinned: state.pinned, phase: state.phase };
    const offered = state.cart.filter((item) => item.state === "mounted");
    const barred = state.cart.filter((item) => item.state === "barred");
    const first = offered.filter((item) => item.listing_id === state.pinned);
    const rest = offered.filter((item) => item.listing_id !== state.pinned);
    const number = new Map(state.cart.map((item, index) => [item.listing_id, index + 1]));
    const place = (item) => number.get(item.listing_id);
    keepFocus(this.parts.goods, () => {
      inPlace(this.parts.goods, [...first, ...rest].map((item) => this.rowOf(item, place(item), context)));
    });
    for (const id of this.rows.keys()) if (!number.has(id)) this.rows.delete(id);
    this.context.basket.show(state.cart);
    this.parts.barred.replaceChildren(...barredRows(barred, place, context));
    this.parts.barredHead.hidden = !barred.length;
    this.parts.barredHead.querySelector("[data-count]").textContent = barred.length;
    this.parts.emptyCart.hidden = state.cart.length > 0;
    for (const node of this.root.querySelectorAll("[data-part-count]")) node.textContent = offered.length;
    this.pinned(first[0], onBuy, words);
  }

  /** The line of a listing: the one that is there, unless something about it changed. */
  rowOf(item, place, context) {
    const id = item.listing_id;
    const key = [place, id === context.pinned, context.phase, context.fan, context.basket.has(id)].join();
    const kept = this.rows.get(id);
    if (kept?.item === item && kept.key === key) return kept.node;
    const node = row(item, place, context);
    this.rows.set(id, { item, key, node });
    return node;
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
    const fan = this.context.fan();
    if (item && item === this.explained?.item && fan === this.explained.fan) return;
    this.explained = item ? { item, fan } : null;
    spot.hidden = !item;
    if (!item) {
      delete spot.dataset.shownListing;
      spot.replaceChildren();
      return;
    }
    spot.dataset.shownListing = item.listing_id;
    const jump = item.integration === "link";
    const comes = this.root.dataset.phase === "scheduled" || waitsFor(item);
    spot.replaceChildren(
      el("div", { class: "pinned__cover" }, cover(item.image, item.title, item.product_id)),
      el(
        "div",
        { class: "pinned__main" },
        el("span", { class: "pinned__label" }, icon("pin", "small"), words.pinned),
        el("span", { class: "truncate strong pinned__title" }, item.title),
        item.price_hidden ? el("span", { class: "goods__price--hidden" }, words.priceHidden) : item.price ? this.pinnedPrice(item) : null,
        linkUp(item, words),
      ),
      jump
        ? el("a", { class: "btn btn--small", href: item.jump_url, target: "_blank", rel: "noopener nofollow" }, words.look, icon("link-out", "small"))
        : el("button", { type: "button", class: "btn btn--primary btn--small", dataset: { focus: "buy-pinned" }, disabled: comes || item.on_sale === false, onclick: () => onBuy(item.listing_id) }, comes ? words.soon : words.buy),
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

  /** A line of the platform's own among what is said. */
  announce(text) {
    this.said.announce(text);
  }

  /** Whether the line to the room stands. The first time it is being made is nothing to tell. */
  status(status) {
    const node = this.parts.status;
    const name = navigator.onLine || status === "live" ? status : "offline";
    node.hidden = status === "live" || (status === "connecting" && !this.broke);
    node.textContent = this.context.words.statuses[name] ?? "";
    this.broke = status !== "live" && (this.broke || status === "broken");
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

/** Make `nodes` the children of a list, moving only what is not in its place. */
function inPlace(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}
