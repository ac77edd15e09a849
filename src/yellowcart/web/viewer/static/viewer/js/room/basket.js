/* Several goods at once: what is ticked in the cart, and the bar that takes it to the checkout. */

import { el } from "../../../base/js/dom.js";
import { costOf, faceOf, shown } from "./pricing.js";

/** Whether an item can be bought together with others: sold here, now, and not for a deposit. */
export function canJoin(item) {
  return (
    item.state === "mounted" &&
    item.integration !== "link" &&
    item.on_sale !== false &&
    (item.available === null || item.available > 0) &&
    !item.skus.some((sku) => sku.deposit || sku.deposits_over)
  );
}

export class Basket {
  /** `bar` is the element that shows it; `words`; `fan()`; `buy(ids)`; `changed()`. */
  constructor(bar, { words, fan, buy, changed }) {
    this.bar = bar;
    this.words = words;
    this.fan = fan;
    this.buy = buy;
    this.changed = changed;
    this.ticked = new Set();
  }

  has(listingId) {
    return this.ticked.has(listingId);
  }

  tick(listingId, on) {
    if (on) this.ticked.add(listingId);
    else this.ticked.delete(listingId);
    this.changed();
  }

  clear() {
    this.ticked.clear();
    this.changed();
  }

  /** Forget what is no longer there, and show how much is chosen. */
  show(cart) {
    const items = cart.filter((item) => this.ticked.has(item.listing_id) && canJoin(item));
    this.ticked = new Set(items.map((item) => item.listing_id));
    this.bar.hidden = !items.length;
    if (!items.length) {
      this.bar.replaceChildren();
      return;
    }
    const amounts = items.map((item) => costOf(faceOf(item, this.fan()), 1, this.fan()).unit);
    const total = shown(
      amounts.reduce((sum, amount) => sum + amount.minor, 0),
      amounts[0],
    );
    const same = amounts.every((amount) => amount.currency === amounts[0].currency);
    this.bar.replaceChildren(
      el(
        "span",
        { class: "basket__sum", role: "status" },
        this.words.basketCount.replace("%(count)s", items.length),
        same ? el("strong", { class: "price" }, total) : null,
      ),
      el(
        "button",
        { type: "button", class: "btn btn--primary", dataset: { focus: "basket" }, onclick: () => this.buy([...this.ticked]) },
        this.words.basketBuy,
      ),
    );
  }
}
