/* Goods that can't be bought yet: the countdown to their sale, or that the host links them up. */

import { leftUntil, now } from "../../../base/js/clock.js";
import { el, icon } from "../../../base/js/dom.js";

/** Whether an item waits for its sale: "counting", "held", or null. */
export function waitsFor(item) {
  if (item.state === "barred" || item.sellable === false) return null;
  if (item.held) return "held";
  return item.sale_from && Date.parse(item.sale_from) > now() ? "counting" : null;
}

/** A line that says when it can be bought, or null where it can. */
export function linkUp(item, words) {
  const why = waitsFor(item);
  if (!why) return null;
  if (why === "held") return el("span", { class: "linkup" }, icon("clock", "small"), words.held);
  return el(
    "span",
    { class: "linkup" },
    icon("clock", "small"),
    words.onSaleIn,
    " ",
    el("time", { class: "countdown", datetime: item.sale_from, "data-countdown": true }, leftUntil(item.sale_from, words.day)),
  );
}

/** The item at an instant (milliseconds): on sale or not by the clock; `sale_from` is null once it
    has come. The same object where nothing changed. */
export function onTheClock(item, at) {
  if (item.sellable === undefined) return item;
  const begun = !item.sale_from || Date.parse(item.sale_from) <= at;
  const over = Boolean(item.sale_until) && Date.parse(item.sale_until) <= at;
  const noDeposits = item.skus?.length > 0 && item.skus.every((sku) => sku.deposits_over);
  const open = item.sellable && !item.held && begun && !over && !noDeposits;
  const hidden = item.price_hidden && (item.held || !begun);
  if (open === item.on_sale && hidden === item.price_hidden && !(begun && item.sale_from)) return item;
  return { ...item, on_sale: open, price_hidden: hidden, sale_from: begun ? null : item.sale_from };
}

/** Milliseconds of the instants at which `onTheClock` may change an item. */
export function saleInstants(item) {
  return [item.sale_from, item.on_sale ? item.sale_until : null].map((instant) => Date.parse(instant ?? ""));
}

/** Whether the page was not told what an item costs, though it is no longer hidden. */
export function lacksPrice(item) {
  return item.sellable && !item.price_hidden && !item.price && item.state !== "barred";
}
