/* The buy sheet: choose a variant and a quantity, place the order once, pay.

   The idempotency key is made before the order is sent and kept in the tab until there is an
   answer, so that a retry after a lost answer is the same order and never a second one. */

import { cover, el, icon, price } from "../../../base/js/dom.js";
import { Problem, request } from "../../../base/js/http.js";

const TRIES = 3;
const WAIT = 700;

/** 128 random bits; unlike crypto.randomUUID this also works over plain HTTP in a home network. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** The key that stands for this very wish until it is answered. */
export function keyFor(wish, storage = window.sessionStorage) {
  const name = `order:${wish.listing_id}:${wish.sku_id}:${wish.quantity}:${wish.unit_price}`;
  let key = storage.getItem(name);
  if (!key) {
    key = newKey();
    storage.setItem(name, key);
  }
  return { key, forget: () => storage.removeItem(name) };
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Place an order; tries again, with the same key, only where no answer came back. `about` names
    the listing where the address does and the body does not. */
export async function placeOrder(url, pass, wish, about = wish.listing_id) {
  const { key, forget } = keyFor({ ...wish, listing_id: about });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const order = await request(url, {
        method: "POST",
        json: { ...wish, idempotency_key: key },
        headers: { Authorization: `Bearer ${pass}` },
      });
      forget();
      return order;
    } catch (error) {
      const unanswered = !(error instanceof Problem) || error.status >= 500;
      if (!unanswered) forget();
      if (!unanswered || attempt === TRIES) throw error;
      await pause(WAIT * attempt);
    }
  }
}

/** One sheet, reused for every listing of a page. */
export class BuySheet {
  /** `dialog` is the <dialog>; `options`: words, orderUrl(item), pass() → string or null when
      the viewer must sign in, signInUrl, orderPage(id), payUrl(id), current(listingId) → item. */
  constructor(dialog, options) {
    this.dialog = dialog;
    this.options = options;
    this.words = options.words;
    this.item = null;
    this.skuId = null;
    this.quantity = 1;
    this.body = dialog.querySelector("[data-buy-body]");
    this.foot = dialog.querySelector("[data-buy-foot]");
    dialog.addEventListener("close", () => {
      this.item = null;
    });
  }

  /** Show the sheet for a listing. */
  open(item) {
    this.item = item;
    this.quantity = 1;
    const buyable = item.skus.find((sku) => sku.available === null || sku.available > 0);
    this.skuId = (buyable ?? item.skus[0])?.sku_id ?? null;
    this.placed = null;
    this.render();
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** Take in that the cart changed: stock, price, or that the listing is no longer offered. */
  update() {
    if (!this.item || this.placed || this.busy) return;
    const fresh = this.options.current(this.item.listing_id);
    if (fresh === this.item) return;
    if (!fresh || fresh.state !== "mounted") {
      this.dialog.close();
      return;
    }
    this.item = fresh;
    this.render();
  }

  get sku() {
    return this.item.skus.find((sku) => sku.sku_id === this.skuId);
  }

  get most() {
    const stock = this.sku?.available ?? 99;
    return Math.max(0, Math.min(stock, this.item.purchase_limit ?? 99, 99));
  }

  render(problem = "") {
    const { item, words } = this;
    this.quantity = Math.max(1, Math.min(this.quantity, this.most || 1));
    this.body.replaceChildren(
      el(
        "div",
        { class: "buy__head" },
        el("div", { class: "item__cover buy__cover" }, cover(item.image, item.title, item.product_id)),
        el(
          "div",
          { class: "stack stack--tight" },
          el("p", { class: "item__title" }, item.title),
          el("div", { class: "cluster" }, this.sku ? price(this.sku.price, "large") : null, this.former()),
          this.stock(),
        ),
      ),
      item.skus.length > 1 ? this.choices() : null,
      this.stepper(),
      problem ? el("div", { class: "callout callout--bad", role: "alert" }, icon("alert"), el("div", {}, problem)) : "",
    );
    this.body.querySelectorAll(":scope > :empty").forEach((node) => node.remove());
    this.renderFoot();
  }

  former() {
    const former = this.sku?.compare_at;
    return former ? el("s", { class: "price__was" }, former.display) : null;
  }

  stock() {
    const count = this.sku?.available;
    if (count === null || count === undefined) return null;
    if (count <= 0) return el("span", { class: "stock stock--out" }, this.words.soldOut);
    const low = count <= 10;
    const text = (low ? this.words.onlyLeft : this.words.left).replace("%(count)s", count);
    return el("span", { class: low ? "stock stock--low" : "stock" }, text);
  }

  choices() {
    const radios = this.item.skus.map((sku) =>
      el(
        "label",
        { class: "choice" },
        el("input", {
          type: "radio",
          name: "sku",
          value: sku.sku_id,
          checked: sku.sku_id === this.skuId,
          disabled: sku.available !== null && sku.available <= 0,
          onchange: () => this.choose(sku.sku_id),
        }),
        el("span", {}, sku.label || this.words.standard),
      ),
    );
    return el(
      "fieldset",
      { class: "field" },
      el("legend", {}, this.words.variant),
      el("div", { class: "choices" }, radios),
    );
  }

  choose(skuId) {
    this.skuId = skuId;
    this.render();
    this.body.querySelector(`input[value="${skuId}"]`)?.focus();
  }

  stepper() {
    const change = (by, label) => () => {
      this.quantity += by;
      this.render();
      this.body.querySelector(`[aria-label="${label}"]`)?.focus();
    };
    const { fewer, more } = this.words;
    return el(
      "div",
      { class: "cluster cluster--apart" },
      el(
        "div",
        {},
        el("span", { class: "field__label" }, this.words.quantity),
        this.item.purchase_limit
          ? el("div", { class: "field__help" }, this.words.limit.replace("%(count)s", this.item.purchase_limit))
          : null,
      ),
      el(
        "div",
        { class: "stepper", role: "group", "aria-label": this.words.quantity },
        el("button", { type: "button", "aria-label": fewer, disabled: this.quantity <= 1, onclick: change(-1, fewer) }, icon("minus")),
        el("output", { class: "stepper__count", "aria-live": "polite" }, String(this.quantity)),
        el("button", { type: "button", "aria-label": more, disabled: this.quantity >= this.most, onclick: change(1, more) }, icon("plus")),
      ),
    );
  }

  renderFoot() {
    if (!this.options.pass()) {
      this.foot.replaceChildren(
        el("a", { class: "btn btn--primary btn--large btn--block", href: this.options.signInUrl }, this.words.signIn),
      );
      return;
    }
    const total = this.sku ? money(this.sku.price, this.quantity) : "";
    const sellable = this.sku && this.most > 0 && this.item.on_sale !== false;
    this.foot.replaceChildren(
      el(
        "button",
        { type: "button", class: "btn btn--primary btn--large btn--block", disabled: !sellable, onclick: () => this.send() },
        sellable ? this.words.placeOrder.replace("%(total)s", total) : this.words.soldOut,
      ),
    );
  }

  async send() {
    const button = this.foot.querySelector("button");
    const wish = {
      listing_id: this.item.listing_id,
      sku_id: this.skuId,
      quantity: this.quantity,
      unit_price: this.sku.unit_price,
    };
    button.setAttribute("aria-busy", "true");
    this.busy = true;
    try {
      const order = await this.options.place(this.item, wish);
      this.placed = order;
      this.renderPlaced(order);
    } catch (error) {
      const fresh = this.options.current(this.item.listing_id);
      if (fresh) this.item = fresh;
      this.render(error instanceof Problem && error.status < 500 ? error.message : this.words.noAnswer);
    } finally {
      this.busy = false;
    }
  }

  renderPlaced(order) {
    const pay = el(
      "form",
      { method: "post", action: this.options.payUrl(order.order_id), class: "grow" },
      el("input", { type: "hidden", name: "csrfmiddlewaretoken", value: document.body.dataset.csrf }),
      el("button", { class: "btn btn--primary btn--large btn--block" }, this.words.pay),
    );
    this.body.replaceChildren(
      el(
        "div",
        { class: "empty", role: "status" },
        icon("check"),
        el("p", { class: "empty__title" }, this.words.placed),
        el("p", {}, this.words.payWithin, " ", el("time", { class: "countdown", datetime: order.expires_at, "data-countdown": true })),
      ),
    );
    this.foot.replaceChildren(
      el("a", { class: "btn btn--large", href: this.options.orderPage(order.order_id) }, this.words.seeOrder),
      pay,
    );
    pay.querySelector("button").focus();
  }
}

/** A price times a quantity, in the typography of its display. */
export function money(amount, quantity) {
  const decimals = /\.(\d+)/.exec(amount.display)?.[1].length ?? 0;
  const total = ((amount.minor * quantity) / 10 ** decimals).toFixed(decimals);
  const [whole, part] = total.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  return amount.display.replace(/[\d.,]+/, grouped);
}
