/* The goods of a buy sheet: one with its variants laid out, or several in a list. `change` is
   called after every choice; what had the focus has it again once the sheet is drawn anew. */

import { cover, el, icon, price } from "../../../base/js/dom.js";
import { fansOffer } from "./pricing.js";
import { moment } from "./words.js";

/** One listing, large: picture, price, variants, quantity. */
export function single(line, context) {
  const { item } = line;
  return [
    el(
      "div",
      { class: "buy__head" },
      el("div", { class: "item__cover buy__cover" }, cover(item.image, item.title, item.product_id)),
      el(
        "div",
        { class: "stack stack--tight" },
        el("p", { class: "item__title" }, item.title),
        el("div", { class: "cluster" }, line.sku ? price(line.cost.unit, "large") : null, former(line)),
        stock(line, context),
      ),
    ),
    specialNote(line, context),
    fansNote(line, context),
    depositNote(line, context),
    item.skus.length > 1 ? choices(line, context) : null,
    el(
      "div",
      { class: "cluster cluster--apart" },
      el("div", {}, el("span", { class: "field__label" }, context.words.quantity), limits(line, context)),
      stepper(line, context),
    ),
  ];
}

/** One of several: a row with its variant, quantity and price. */
export function several(line, context) {
  const { item } = line;
  const { words } = context;
  return el(
    "li",
    { class: "basket-line" },
    el("div", { class: "item__cover basket-line__cover" }, cover(item.image, item.title, item.product_id)),
    el(
      "div",
      { class: "basket-line__main" },
      el("p", { class: "item__title truncate" }, item.title),
      item.skus.length > 1 ? variantSelect(line, context) : null,
      el(
        "div",
        { class: "cluster cluster--apart" },
        el("span", { class: "cluster" }, price(line.cost.unit), former(line)),
        stepper(line, context),
      ),
      stock(line, context),
    ),
    el(
      "button",
      {
        type: "button",
        class: "btn btn--ghost btn--icon btn--small",
        "aria-label": words.removeFrom.replace("%(title)s", item.title),
        onclick: () => context.remove(line),
      },
      icon("close"),
    ),
  );
}

function former(line) {
  const was = line.cost.special ? line.sku.regular_price : line.sku?.compare_at;
  const before = line.sku?.compare_at && was && line.sku.compare_at.minor > was.minor ? line.sku.compare_at : was;
  return before && before.minor > line.cost.unit.minor ? el("s", { class: "price__was" }, before.display) : null;
}

function stock(line, { words }) {
  const count = line.sku?.available;
  if (line.setAside) return null;
  if (count === null || count === undefined) return null;
  if (count <= 0) return el("span", { class: "stock stock--out" }, words.soldOut);
  const low = count <= 10;
  const text = (low ? words.onlyLeft : words.left).replace("%(count)s", count);
  return el("span", { class: low ? "stock stock--low" : "stock" }, text);
}

/** That this price is a special one: until when, and how many have it. */
export function specialNote(line, { words }) {
  const { special } = line.cost;
  if (!special) return null;
  return el(
    "div",
    { class: "special" },
    el("span", { class: special.fans_only ? "badge badge--accent" : "badge badge--bad" }, icon(special.fans_only ? "star" : "bolt", "small"), special.fans_only ? words.fansPrice : words.flash),
    special.ends_at ? el("span", {}, words.endsIn, " ", el("time", { class: "countdown", datetime: special.ends_at, "data-countdown": true })) : null,
    special.left !== null ? el("span", { class: "stock stock--low" }, words.atThisPrice.replace("%(count)s", special.left)) : null,
  );
}

/** What followers pay, with the button that makes one. */
export function fansNote(line, { words, fan, follow, signedIn }) {
  const offer = line.sku ? fansOffer(line.sku, line.quantity, fan(line.item)) : null;
  if (!offer) return null;
  return el(
    "div",
    { class: "callout callout--accent fans" },
    icon("star"),
    el("div", { class: "grow" }, words.fansPay.replace("%(price)s", offer.unit.display)),
    signedIn && follow
      ? el("button", { type: "button", class: "btn btn--small", dataset: { focus: "follow" }, onclick: () => follow(line.item) }, words.follow)
      : null,
  );
}

function depositNote(line, { words }) {
  const deposit = line.sku?.deposit;
  if (line.sku?.deposits_over) {
    return el("div", { class: "callout callout--warn" }, icon("clock"), el("div", {}, words.depositsOver));
  }
  if (!deposit?.applies) return null;
  const text = words.deposit
    .replace("%(deposit)s", line.amount(deposit.price.minor * line.quantity))
    .replace("%(balance)s", line.amount((line.cost.unit.minor - deposit.price.minor) * line.quantity))
    .replace("%(from)s", moment(deposit.balance_from))
    .replace("%(until)s", moment(deposit.balance_until));
  return el("div", { class: "callout callout--accent" }, icon("calendar"), el("div", {}, text));
}

function limits(line, { words, roomLimit }) {
  return [
    line.item.purchase_limit ? words.limit.replace("%(count)s", line.item.purchase_limit) : "",
    roomLimit ? words.roomLimit.replace("%(count)s", roomLimit) : "",
  ]
    .filter(Boolean)
    .map((text) => el("div", { class: "field__help" }, text));
}

function choices(line, { words, change }) {
  const radios = line.item.skus.map((sku) =>
    el(
      "label",
      { class: "choice" },
      el("input", {
        type: "radio",
        name: "sku",
        value: sku.sku_id,
        checked: sku.sku_id === line.skuId,
        dataset: { focus: `sku-${sku.sku_id}` },
        onchange: () => {
          line.skuId = sku.sku_id;
          change();
        },
      }),
      el("span", { class: sku.available !== null && sku.available <= 0 ? "choice__out" : "" }, sku.label || words.standard),
    ),
  );
  return el("fieldset", { class: "field" }, el("legend", {}, words.variant), el("div", { class: "choices" }, radios));
}

function variantSelect(line, { words, change }) {
  const options = line.item.skus.map((sku) =>
    el(
      "option",
      { value: sku.sku_id, selected: sku.sku_id === line.skuId, disabled: sku.available !== null && sku.available <= 0 },
      sku.label || words.standard,
    ),
  );
  return el(
    "select",
    {
      class: "select",
      "aria-label": `${words.variant}: ${line.item.title}`,
      dataset: { focus: `variant-${line.item.listing_id}` },
      onchange: (event) => {
        line.skuId = event.target.value;
        change();
      },
    },
    options,
  );
}

function stepper(line, { words, change }) {
  const step = (by) => () => {
    line.quantity += by;
    change();
  };
  const id = line.item.listing_id;
  const button = (name, by, label, disabled) =>
    el(
      "button",
      { type: "button", "aria-label": label, disabled, dataset: { focus: `${name}-${id}` }, onclick: step(by) },
      icon(name),
    );
  return el(
    "div",
    { class: "stepper", role: "group", "aria-label": `${words.quantity}: ${line.item.title}` },
    button("minus", -1, words.fewer, line.quantity <= 1),
    el("output", { class: "stepper__count", "aria-live": "polite" }, String(line.quantity)),
    button("plus", 1, words.more, line.quantity >= line.most),
  );
}
