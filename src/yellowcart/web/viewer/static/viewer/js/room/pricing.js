/* What goods cost whom, as the checkout lane reckons it. Pure: values in, values out. */

/** What so many pieces of a SKU cost each: `unit` (an amount) and the special price that makes it
    so, or null. A price for followers counts where `fan`; one with too few pieces left does not. */
export function costOf(sku, quantity, fan) {
  const regular = sku.regular_price ?? sku.price;
  const mine = (sku.specials ?? []).filter(
    (special) => (fan || !special.fans_only) && (special.left === null || special.left >= quantity),
  );
  const best = mine.reduce((low, special) => (low && low.price.minor <= special.price.minor ? low : special), null);
  return best && best.price.minor < regular.minor ? { unit: best.price, special: best } : { unit: regular, special: null };
}

/** The price that followers have and this viewer has not, or null. */
export function fansOffer(sku, quantity, fan) {
  if (fan) return null;
  const theirs = costOf(sku, quantity, true);
  return theirs.unit.minor < costOf(sku, quantity, false).unit.minor ? theirs : null;
}

/** The item at an instant (milliseconds): prices that changed by the clock take what follows. The
    same object where nothing did. */
export function advance(item, now) {
  if (!item.skus.some((sku) => isDue(sku, now))) return item;
  const skus = item.skus.map((sku) => {
    const due = (sku.changes ?? []).filter((change) => Date.parse(change.at) <= now);
    if (!due.length) return sku;
    const { at, ...costs } = due[due.length - 1];
    return { ...sku, ...costs, changes: sku.changes.slice(due.length) };
  });
  const cheapest = skus.reduce((low, sku) => (sku.price.minor < low.price.minor ? sku : low));
  return { ...item, skus, price: cheapest.price, compare_at: cheapest.compare_at };
}

/** Milliseconds of the instants at which `advance` changes an item. */
export function changesOf(item) {
  return item.skus.flatMap((sku) => (sku.changes ?? []).slice(0, 1).map((change) => Date.parse(change.at)));
}

function isDue(sku, now) {
  return Boolean(sku.changes?.length) && Date.parse(sku.changes[0].at) <= now;
}

/** The SKU that a listing is shown by: the cheapest, those that can be had before the others. */
export function faceOf(item, fan) {
  const order = (sku) => [sku.available !== null && sku.available <= 0 ? 1 : 0, costOf(sku, 1, fan).unit.minor];
  return item.skus.reduce((best, sku) => {
    if (!best) return sku;
    const [one, other] = [order(sku), order(best)];
    return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]) ? sku : best;
  }, null);
}

/** Minor units in the typography of an amount of the same currency. */
export function shown(minor, like) {
  const decimals = /\.(\d+)/.exec(like.display)?.[1].length ?? 0;
  const [whole, part] = (minor / 10 ** decimals).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  return like.display.replace(/[\d.,]+/, grouped);
}

const BEARERS = ["merchant", "creator", "platform"];

/** What coupons take off lines ({item, unit, quantity}), as far as a page can know: the total, and
    by coupon its part. The lane has the last word. */
export function discountOf(coupons, lines) {
  const left = lines.map((line) => line.unit.minor * line.quantity);
  const parts = new Map();
  const ordered = [...coupons].sort((one, other) => BEARERS.indexOf(one.bearer) - BEARERS.indexOf(other.bearer));
  for (const coupon of ordered) {
    const places = lines.map((_line, place) => place).filter((place) => goodFor(coupon, lines[place].item));
    const goods = places.reduce((sum, place) => sum + left[place], 0);
    const most = places.reduce((sum, place) => sum + Math.max(left[place] - 1, 0), 0);
    const off = Math.min(amountOff(coupon, goods), most);
    let rest = off;
    for (const place of places) {
      const share = Math.min(rest, Math.max(left[place] - 1, 0));
      left[place] -= share;
      rest -= share;
    }
    parts.set(coupon.coupon_id, off);
  }
  return { total: [...parts.values()].reduce((sum, part) => sum + part, 0), parts };
}

function amountOff(coupon, goods) {
  if (coupon.off_bps === null) return Math.min(coupon.off.minor, goods);
  const rate = Math.floor((goods * coupon.off_bps + 5000) / 10000);
  return coupon.off ? Math.min(rate, coupon.off.minor) : rate;
}

/** Whether a coupon is for an item, wherever the item is. */
export function goodFor(coupon, item) {
  return (
    (!coupon.shop || coupon.shop.id === item.shop?.id) &&
    (!coupon.listing_id || coupon.listing_id === item.listing_id) &&
    (!coupon.currency || !item.price || coupon.currency === item.price.currency)
  );
}
