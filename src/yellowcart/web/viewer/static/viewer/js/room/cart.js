/* What one listing of a cart looks like: offered, left through a link, sold out, or barred with
   the reason in words. */

import { leftUntil } from "../../../base/js/clock.js";
import { cover, el, icon, price } from "../../../base/js/dom.js";
import { canJoin } from "./basket.js";
import { linkUp, waitsFor } from "./linkup.js";
import { costOf, faceOf, fansOffer } from "./pricing.js";
import { moment, said } from "./words.js";

/** A listing as an <li>; `place` is its number in the cart. `context`: words, pinned id, places,
    fan, phase of the show, ticked (a basket) and onBuy. */
export function row(item, place, context) {
  const pinned = item.listing_id === context.pinned;
  const barred = item.state === "barred";
  return el(
    "li",
    {
      class: `goods${pinned ? " goods--pinned" : ""}${barred ? " goods--barred" : ""}`,
      dataset: { listing: item.listing_id, state: item.state },
    },
    el(
      "div",
      { class: "goods__cover" },
      cover(item.image, item.title, item.product_id),
      number(place, pinned, context.words),
      tick(item, context),
    ),
    el(
      "div",
      { class: "goods__main" },
      el("p", { class: "goods__title" }, item.title),
      el("div", { class: "goods__meta" }, source(item), barred ? null : stock(item, context.words), leaving(item, context.words)),
      barred ? null : linkUp(item, context.words),
      barred ? null : promises(item, context),
      el("div", { class: "goods__buy" }, prices(item, context), barred ? elsewhere(item, context.words) : action(item, context)),
    ),
  );
}

/** Barred listings as the reason they share and, under it, the listings: a list of elements. */
export function barredRows(items, place, context) {
  const groups = new Map();
  for (const item of items) {
    const key = item.pending ? "pending" : `${item.verdict?.rule} ${item.verdict?.revision}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].flatMap((group) => [
    el("li", { class: "goods-reason" }, reasonBox(group[0], context)),
    ...group.map((item) => row(item, place(item), context)),
  ]);
}

/** The product's page says where it is still offered. */
function elsewhere(item, words) {
  return el("a", { class: "btn btn--small", href: `/products/${item.product_id}/` }, words.whereElse);
}

function number(place, pinned, words) {
  return pinned
    ? el("span", { class: "goods__no goods__no--pinned" }, icon("pin", "small"), words.pinned)
    : el("span", { class: "goods__no" }, String(place));
}

function source(item) {
  if (item.source === "native") return item.shop ? el("span", { class: "faint small truncate" }, item.shop.name) : null;
  const link = item.integration === "link";
  return el(
    "span",
    { class: link ? "badge badge--info" : "badge" },
    icon(link ? "link-out" : "shop"),
    item.source_name ?? item.source,
  );
}

function stock(item, words) {
  if (item.available === null || item.available === undefined) return null;
  if (item.available <= 0) return el("span", { class: "stock stock--out" }, words.soldOut);
  if (item.available <= 10) {
    return el("span", { class: "stock stock--low" }, words.onlyLeft.replace("%(count)s", item.available));
  }
  return item.sold ? el("span", { class: "stock" }, words.sold.replace("%(count)s", item.sold)) : null;
}

/** That a rule will take it out of this cart, with the time left, from a day before. */
function leaving(item, words) {
  const next = item.next_verdict;
  if (item.state !== "mounted" || !item.verdict?.until || !next || next.outcome === "allow") return null;
  return el(
    "span",
    { class: "badge badge--warn", title: said(next.reason) },
    icon("clock"),
    words.leaves,
    " ",
    el("time", { class: "countdown", datetime: item.verdict.until, "data-countdown": true }, leftUntil(item.verdict.until, words.day)),
  );
}

function prices(item, { fan, words }) {
  if (item.price_hidden) return el("span", { class: "goods__price goods__price--hidden" }, words.priceHidden);
  const face = item.state === "barred" ? null : faceOf(item, fan);
  if (!face) return item.price ? el("span", { class: "goods__price" }, price(item.price)) : el("span");
  const { unit, special } = costOf(face, 1, fan);
  const was = [special ? face.regular_price : null, face.compare_at].filter((one) => one && one.minor > unit.minor);
  const before = was.reduce((high, one) => (high && high.minor >= one.minor ? high : one), null);
  return el("span", { class: "goods__price" }, price(unit), before ? el("s", { class: "price__was" }, before.display) : null);
}

/** What is special about it: a price that ends or runs out, a price for followers, a deposit. */
function promises(item, { words, fan }) {
  const face = faceOf(item, fan);
  if (!face || item.integration === "link" || item.price_hidden) return null;
  const { special } = costOf(face, 1, fan);
  const theirs = fansOffer(face, 1, fan);
  const parts = [
    special
      ? el(
          "span",
          { class: special.fans_only ? "badge badge--accent" : "badge badge--bad" },
          icon(special.fans_only ? "star" : "bolt", "small"),
          special.fans_only ? words.fansPrice : words.flash,
          special.ends_at ? [" ", el("time", { class: "countdown", datetime: special.ends_at, "data-countdown": true }, leftUntil(special.ends_at, words.day))] : null,
        )
      : null,
    special && special.left !== null ? el("span", { class: "stock stock--low" }, words.atThisPrice.replace("%(count)s", special.left)) : null,
    theirs ? el("span", { class: "badge badge--accent" }, icon("star", "small"), words.fansPay.replace("%(price)s", theirs.unit.display)) : null,
    face.deposit?.applies ? el("span", { class: "badge badge--info" }, words.presale.replace("%(deposit)s", face.deposit.price.display)) : null,
  ].filter(Boolean);
  return parts.length ? el("div", { class: "goods__meta" }, parts) : null;
}

/** A box to buy it together with others. */
function tick(item, { words, basket, phase }) {
  if (!basket || phase !== "live" || !canJoin(item)) return null;
  return el(
    "label",
    { class: "goods__tick" },
    el("input", {
      type: "checkbox",
      checked: basket.has(item.listing_id),
      "aria-label": words.basketAdd.replace("%(title)s", item.title),
      dataset: { focus: `tick-${item.listing_id}` },
      onchange: (event) => basket.tick(item.listing_id, event.target.checked),
    }),
  );
}

/** What sells here sells while the show is live; afterwards its page says where it still does. */
function action(item, { words, onBuy, phase }) {
  if (item.integration === "link") {
    return item.jump_url
      ? el(
          "a",
          { class: "btn btn--small", href: item.jump_url, target: "_blank", rel: "noopener nofollow" },
          words.jump.replace("%(source)s", item.source_name ?? item.source),
          icon("link-out", "small"),
        )
      : null;
  }
  if (phase !== "live" && phase !== "scheduled") return elsewhere(item, words);
  const gone = item.available !== null && item.available <= 0;
  const comes = phase === "scheduled" || waitsFor(item);
  const closed = comes || item.on_sale === false;
  return el(
    "button",
    {
      type: "button",
      class: gone ? "btn btn--small" : "btn btn--primary btn--small",
      disabled: closed,
      dataset: { focus: `buy-${item.listing_id}` },
      onclick: () => onBuy(item.listing_id),
    },
    comes ? words.soon : closed ? words.notOnSale : gone ? words.soldOutWait : words.buy,
  );
}

/** Why it may not be sold here, since when, where it still may be, and what to do. */
export function reasonBox(item, { words, places }) {
  if (item.pending) {
    return el(
      "div",
      { class: "barred", role: "note" },
      el("div", { class: "barred__head" }, icon("refresh"), el("span", {}, words.checking)),
      el("div", { class: "barred__body" }, words.checkingMore),
    );
  }
  const verdict = item.verdict ?? {};
  const open = (verdict.open_surfaces ?? []).map((surface) => surfaceLink(surface, places, words));
  return el(
    "div",
    { class: `barred${verdict.outcome === "require_task" ? " barred--task" : ""}`, role: "note" },
    el("div", { class: "barred__head" }, icon("ban"), el("span", {}, words.barred)),
    el(
      "div",
      { class: "barred__body" },
      el("p", {}, said(verdict.reason)),
      el(
        "dl",
        { class: "barred__facts" },
        verdict.since ? [el("dt", {}, words.since), el("dd", {}, moment(verdict.since))] : null,
        open.length ? [el("dt", {}, words.stillOpen), el("dd", { class: "cluster" }, open)] : null,
        verdict.rule
          ? [el("dt", {}, words.rule), el("dd", { class: "rule-key" }, el("code", {}, verdict.rule), ` · ${words.revision.replace("%(number)s", verdict.revision)}`)]
          : null,
      ),
      said(verdict.remedy)
        ? el("div", { class: "barred__remedy" }, icon("bolt", "small"), el("span", {}, said(verdict.remedy)))
        : null,
    ),
  );
}

function surfaceLink(surface, places, words) {
  const name = words.surfaces[surface] ?? surface;
  return places[surface] ? el("a", { href: places[surface] }, name) : el("span", {}, name);
}
