/* The buy sheet: one listing or several, its coupons, one order, one payment. */

import { el, icon } from "../../../base/js/dom.js";
import { Problem } from "../../../base/js/http.js";
import { focusOn, keepFocus } from "./focus.js";
import { several, single } from "./lines.js";
import { costOf, discountOf, shown } from "./pricing.js";
import { couponChoices } from "./wallet.js";
import { time } from "./words.js";

/** A listing with the variant and the number of pieces that the viewer chose. */
class Line {
  constructor(item, options) {
    this.options = options;
    this.quantity = 1;
    this.item = item;
    const buyable = item.skus.find((sku) => sku.available === null || sku.available > 0 || this.asideOf(sku));
    this.skuId = (buyable ?? item.skus[0])?.sku_id ?? null;
  }

  get sku() {
    return this.item.skus.find((sku) => sku.sku_id === this.skuId);
  }

  /** The price of a piece, and the special price that makes it. */
  get cost() {
    return costOf(this.sku, this.quantity, this.options.fan(this.item));
  }

  get unit() {
    return this.cost.unit;
  }

  asideOf(sku) {
    return this.options.waiting?.setAside(this.item.listing_id, sku.sku_id) ?? 0;
  }

  get setAside() {
    return this.sku ? this.asideOf(this.sku) : 0;
  }

  get most() {
    const stock = (this.sku?.available ?? 99) + this.setAside;
    const limit = Math.min(this.item.purchase_limit ?? 99, this.options.selling?.()?.purchase_limit ?? 99);
    return Math.max(0, Math.min(stock, limit, 99));
  }

  get sellable() {
    return Boolean(this.sku) && this.most > 0 && this.item.on_sale !== false && !this.sku.deposits_over;
  }

  get soldOut() {
    return Boolean(this.sku) && this.sku.available !== null && this.sku.available + this.setAside <= 0;
  }

  amount(minor) {
    return shown(minor, this.sku.price);
  }

  wish() {
    return {
      listing_id: this.item.listing_id,
      sku_id: this.skuId,
      quantity: this.quantity,
      unit_price: this.unit.minor,
    };
  }
}

/** One sheet, reused for every listing of a page. */
export class BuySheet {
  /** `dialog` is the <dialog>; `options`: words, place(item, wish) → the answer, pass() → string or
      null when the viewer must sign in, fan(item), follow(item) or none, current(listingId) →
      item, refresh(item) → promise, signInUrl, orderPage(id), payUrl(id); and where there are any
      wallet, waiting, selling(), bought(). */
  constructor(dialog, options) {
    this.dialog = dialog;
    this.options = options;
    this.words = options.words;
    this.lines = [];
    this.body = dialog.querySelector("[data-buy-body]");
    this.foot = dialog.querySelector("[data-buy-foot]");
    dialog.addEventListener("close", () => {
      this.lines = [];
      // The line of the cart that it was opened from may have been drawn anew meanwhile.
      const { activeElement: focused, body } = document;
      if (focused === body || dialog.contains(focused)) focusOn(document, this.opener);
    });
  }

  /** Show the sheet for a listing, or for several. */
  open(...items) {
    this.lines = items.map((item) => new Line(item, this.options));
    this.placed = null;
    this.problem = null;
    if (!this.dialog.open) this.opener = document.activeElement?.dataset?.focus;
    this.render();
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** Take in that the cart changed: stock, price, or that a listing is no longer offered. */
  update() {
    if (!this.lines.length || this.placed || this.busy) return;
    const kept = this.lines.filter((line) => this.options.current(line.item.listing_id)?.state === "mounted");
    const changed = kept.some((line) => this.options.current(line.item.listing_id) !== line.item);
    if (kept.length === this.lines.length && !changed) return;
    this.keep(kept);
  }

  /** Draw the sheet anew, as after a claim or when something was set aside. */
  redraw() {
    if (this.lines.length && !this.placed && !this.busy) this.render();
  }

  keep(lines) {
    if (!lines.length) {
      this.dialog.close();
      return;
    }
    for (const line of lines) line.item = this.options.current(line.item.listing_id) ?? line.item;
    this.lines = lines;
    this.render();
  }

  get coupons() {
    const presale = this.lines.some((line) => line.sku?.deposit);
    return this.options.wallet && !presale ? this.options.wallet.usable(this.lines) : [];
  }

  render() {
    for (const line of this.lines) line.quantity = Math.max(1, Math.min(line.quantity, line.most || 1));
    const { wallet, follow } = this.options;
    const context = {
      words: this.words,
      fan: this.options.fan,
      follow,
      signedIn: Boolean(this.options.pass()),
      roomLimit: this.options.selling?.()?.purchase_limit ?? null,
      change: () => this.render(),
      remove: (line) => this.keep(this.lines.filter((other) => other !== line)),
    };
    const [first] = this.lines;
    const parts = [
      this.lines.length > 1
        ? el("ul", { class: "basket-lines", role: "list" }, this.lines.map((line) => several(line, context)))
        : single(first, context),
      this.lines.length === 1 ? this.waitNote(first) : null,
      wallet && !first.sku?.deposit
        ? couponChoices(wallet, this.lines, this.words, { redraw: () => this.render(), signInUrl: this.options.signInUrl })
        : null,
      this.sums(),
      this.terms(),
      this.problem ? el("div", { class: "callout callout--bad", role: "alert" }, icon("alert"), el("div", {}, this.problem)) : null,
    ];
    keepFocus(this.dialog, () => {
      this.body.replaceChildren(...parts.flat(Infinity).filter(Boolean));
      this.renderFoot();
    });
  }

  get goods() {
    return this.lines.reduce((sum, line) => sum + line.unit.minor * line.quantity, 0);
  }

  get discount() {
    return discountOf(this.coupons, this.lines).total;
  }

  sums() {
    const { discount } = this;
    const [first] = this.lines;
    if (!first.sku || (!discount && this.lines.length === 1)) return null;
    return el(
      "dl",
      { class: "facts sums" },
      el("dt", {}, this.words.goodsSum),
      el("dd", {}, first.amount(this.goods)),
      discount ? [el("dt", {}, this.words.discount), el("dd", {}, `− ${first.amount(discount)}`)] : null,
    );
  }

  /** What an unpaid order here is worth, where that is not what buyers expect. */
  terms() {
    const selling = this.options.selling?.();
    if (selling?.reservation !== "first_paid") return null;
    return el("p", { class: "small muted" }, this.words.firstPaid);
  }

  waitNote(line) {
    const row = this.options.waiting?.of(line.item.listing_id, line.skuId);
    if (!row) return null;
    const offered = row.state === "offered";
    const text = offered
      ? this.words.setAside.replace("%(count)s", row.quantity).replace("%(when)s", time(row.offered_until))
      : this.words.waiting.replace("%(count)s", row.quantity);
    return el(
      "div",
      { class: offered ? "callout callout--ok" : "callout", role: "status" },
      icon(offered ? "check" : "clock"),
      el("div", { class: "grow" }, text),
      el("button", { type: "button", class: "btn btn--ghost btn--small", onclick: () => this.wait(() => this.options.waiting.leave(row)) }, this.words.waitNoMore),
    );
  }

  renderFoot() {
    if (!this.options.pass()) {
      this.foot.replaceChildren(
        el("a", { class: "btn btn--primary btn--large btn--block", href: this.options.signInUrl }, this.words.signIn),
      );
      return;
    }
    const [first] = this.lines;
    const waiting = this.options.waiting?.of(first.item.listing_id, first.skuId);
    if (this.lines.length === 1 && first.soldOut && first.item.on_sale !== false && this.options.waiting && !waiting) {
      this.foot.replaceChildren(
        el(
          "button",
          { type: "button", class: "btn btn--large btn--block", dataset: { focus: "wait" }, onclick: () => this.wait(() => this.options.waiting.join(first.item.listing_id, first.skuId, first.quantity)) },
          icon("clock"),
          this.words.waitFor,
        ),
      );
      return;
    }
    const sellable = this.lines.every((line) => line.sellable);
    const label = sellable ? this.callToBuy() : first.soldOut ? this.words.soldOut : this.words.notOnSale;
    this.foot.replaceChildren(
      el(
        "button",
        { type: "button", class: "btn btn--primary btn--large btn--block", disabled: !sellable, dataset: { focus: "order" }, onclick: () => this.send() },
        label,
      ),
    );
  }

  callToBuy() {
    const [first] = this.lines;
    const deposit = this.lines.length === 1 && first.sku.deposit?.applies ? first.sku.deposit.price.minor : 0;
    return deposit
      ? this.words.payDeposit.replace("%(total)s", first.amount(deposit * first.quantity))
      : this.words.placeOrder.replace("%(total)s", first.amount(this.goods - this.discount));
  }

  async wait(step) {
    try {
      this.problem = null;
      await step();
    } catch (error) {
      this.problem = error.message;
      await this.options.refresh?.(this.lines[0]?.item);
    }
    this.redraw();
  }

  wish() {
    const coupons = this.coupons.map((coupon) => coupon.coupon_id);
    const goods = this.lines.length > 1 ? { lines: this.lines.map((line) => line.wish()) } : this.lines[0].wish();
    return coupons.length ? { ...goods, coupons } : goods;
  }

  async send() {
    const [{ item }] = this.lines;
    this.foot.querySelector("button").setAttribute("aria-busy", "true");
    this.busy = true;
    this.problem = null;
    try {
      const order = await this.options.place(item, this.wish());
      this.placed = order;
      this.options.wallet?.clear();
      this.options.bought?.(this.lines.map((line) => line.item.listing_id));
      this.renderPlaced(order);
    } catch (error) {
      await this.refused(error);
    } finally {
      this.busy = false;
    }
  }

  /** Say why, over what is true now: prices and stock are asked for again. */
  async refused(error) {
    const answered = error instanceof Problem && error.status < 500;
    if (answered && error.status === 409) await this.options.refresh?.(this.lines[0]?.item);
    if (error.code === "coupon_refused") this.options.wallet?.choose({ coupon_id: error.body.coupon_id }, false);
    const which = this.lines.length > 1 && answered ? this.lines[error.body.line ?? 0] : null;
    const named = which && error.code !== "coupon_refused" ? `${which.item.title}: ` : "";
    this.problem = answered ? named + error.message : this.words.noAnswer;
    for (const line of this.lines) line.item = this.options.current(line.item.listing_id) ?? line.item;
    if (this.lines.length) this.render();
  }

  renderPlaced(order) {
    const pay = el(
      "form",
      { method: "post", action: this.options.payUrl(order.order_id), class: "grow" },
      el("input", { type: "hidden", name: "csrfmiddlewaretoken", value: document.body.dataset.csrf }),
      el("button", { class: "btn btn--primary btn--large btn--block" }, this.words.pay),
    );
    const [first] = this.lines;
    const orders = order.orders ?? [];
    this.body.replaceChildren(
      el(
        "div",
        { class: "empty", role: "status" },
        icon("check"),
        el("p", { class: "empty__title" }, orders.length > 1 ? this.words.placedMany.replace("%(count)s", orders.length) : this.words.placed),
        el("p", {}, order.deposit ? this.words.depositWithin : this.words.payWithin, " ", el("time", { class: "countdown", datetime: order.expires_at, "data-countdown": true })),
      ),
      orders.length > 1
        ? el("dl", { class: "facts sums" }, orders.map((one) => [el("dt", {}, el("a", { href: this.options.orderPage(one.order_id) }, this.shopName(one.shop_id))), el("dd", {}, first.amount(one.amount))]))
        : "",
      el(
        "dl",
        { class: "facts sums" },
        order.discount ? [el("dt", {}, this.words.discount), el("dd", {}, `− ${first.amount(order.discount)}`)] : null,
        order.deposit ? [el("dt", {}, this.words.depositDue), el("dd", { class: "strong" }, first.amount(order.deposit))] : null,
        el("dt", {}, this.words.total),
        el("dd", { class: "strong" }, first.amount(order.amount)),
      ),
    );
    this.foot.replaceChildren(
      el("a", { class: "btn btn--large", href: this.options.orderPage(order.order_id) }, this.words.seeOrder),
      pay,
    );
    pay.querySelector("button").focus();
  }

  shopName(shopId) {
    return this.lines.find((line) => line.item.shop?.id === shopId)?.item.shop.name ?? "";
  }
}
