/* The coupons of a room and what this viewer did with each: claiming, choosing, saying why not. */

import { now } from "../../../base/js/clock.js";
import { el, icon } from "../../../base/js/dom.js";
import { request } from "../../../base/js/http.js";
import { goodFor, shown } from "./pricing.js";
import { moment } from "./words.js";

const CLAIMS = "/api/v1/promotions/coupons";

export class Wallet {
  /** `url` gives the coupons with what this viewer did with each; `words`; `changed()` after every
      change; `failed(problem)`. */
  constructor(url, words, { changed, failed }) {
    this.url = url;
    this.words = words;
    this.changed = changed;
    this.failed = failed;
    this.signedIn = false;
    this.offered = [];
    this.mine = new Map();
    this.chosen = new Set();
  }

  /** Take in what is offered; who is signed in asks what they did with it. */
  offer(coupons, signedIn) {
    if (coupons === this.offered && signedIn === this.signedIn) return;
    this.offered = coupons;
    this.signedIn = signedIn;
    if (signedIn && coupons.length) this.load();
    else this.changed();
  }

  /** Ask what this viewer holds. */
  async load() {
    const { url } = this;
    try {
      const found = await request(url);
      if (url !== this.url) return;
      for (const coupon of found) this.mine.set(coupon.coupon_id, coupon);
    } catch {
      // The server says no more than the snapshot did; claiming tells what is wrong.
    }
    this.changed();
  }

  /** Take what is offered, too, from where the coupons of a listing are. */
  async fetch(url, signedIn) {
    this.url = url;
    this.offered = [];
    this.chosen.clear();
    this.signedIn = signedIn;
    try {
      const found = await request(url);
      if (url !== this.url) return;
      this.offered = found;
      for (const coupon of found) this.mine.set(coupon.coupon_id, coupon);
    } catch {
      // Without coupons the goods can be bought all the same.
    }
    this.changed();
  }

  /** What can be claimed or used now. */
  current() {
    const at = now();
    return this.offered.filter(
      (coupon) => Date.parse(coupon.claim_from) <= at && at < Date.parse(coupon.claim_until ?? coupon.use_until),
    );
  }

  isClaimed(coupon) {
    return Boolean(this.mine.get(coupon.coupon_id)?.claimed);
  }

  /** Claim with one tap, and choose it for the order in hand. */
  async claim(coupon) {
    try {
      await request(`${CLAIMS}/${coupon.coupon_id}/claim`, { method: "POST" });
      this.mine.set(coupon.coupon_id, { ...coupon, claimed: true, used: 0, why: null });
      this.choose(coupon, true);
      await this.load();
    } catch (problem) {
      this.failed(problem);
    }
    this.changed();
  }

  /** Use it in the order in hand, or not; one of a bearer at a time. */
  choose(coupon, on) {
    for (const other of this.offered) {
      if (on && other.bearer === coupon.bearer) this.chosen.delete(other.coupon_id);
    }
    if (on) this.chosen.add(coupon.coupon_id);
    else this.chosen.delete(coupon.coupon_id);
  }

  /** Choose nothing, as after an order. */
  clear() {
    this.chosen.clear();
  }

  /** The chosen coupons that can take something off these lines. */
  usable(lines) {
    return this.offered.filter((coupon) => this.chosen.has(coupon.coupon_id) && !this.why(coupon, lines));
  }

  /** Why a coupon can't be used for these lines, or "". */
  why(coupon, lines) {
    const words = this.words.couponWhy;
    const mine = this.mine.get(coupon.coupon_id);
    if (mine?.why && mine.why !== "not_claimed") return words[mine.why] ?? words.over;
    if (Date.parse(coupon.use_from) > now()) return words.from.replace("%(when)s", moment(coupon.use_from));
    const good = lines.filter((line) => goodFor(coupon, line.item));
    if (!good.length) return words.not_for_these;
    const goods = good.reduce((sum, line) => sum + line.unit.minor * line.quantity, 0);
    return coupon.threshold && goods < coupon.threshold.minor
      ? words.more.replace("%(amount)s", shown(coupon.threshold.minor - goods, coupon.threshold))
      : "";
  }
}

/** What a coupon takes off, in a few words. */
export function couponOff(coupon, words) {
  if (coupon.off_bps === null) return words.couponOff.replace("%(amount)s", coupon.off.display);
  const rate = words.couponRate.replace("%(percent)s", String(coupon.off_bps / 100));
  return coupon.off ? `${rate} · ${words.couponMost.replace("%(amount)s", coupon.off.display)}` : rate;
}

/** Under which conditions, in a few words. */
export function couponTerms(coupon, words) {
  return [
    coupon.threshold ? words.couponFrom.replace("%(amount)s", coupon.threshold.display) : words.couponAny,
    coupon.shop ? coupon.shop.name : "",
    coupon.fans_only ? words.couponFans : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** The coupons above a cart, each claimed with one tap; `claim(coupon)` where the viewer may. */
export function couponStrip(wallet, words, { claim, signInUrl }) {
  return wallet.current().map((coupon) =>
    el(
      "li",
      { class: "ticket" },
      el(
        "div",
        { class: "ticket__words" },
        el("strong", { class: "ticket__off" }, couponOff(coupon, words)),
        el("span", { class: "ticket__terms truncate" }, couponTerms(coupon, words)),
      ),
      claimButton(wallet, coupon, words, { claim, signInUrl }),
    ),
  );
}

function claimButton(wallet, coupon, words, { claim, signInUrl }) {
  const label = `${words.claim} ${coupon.title}`;
  if (wallet.isClaimed(coupon)) return el("span", { class: "badge badge--ok" }, icon("check"), words.claimed);
  if (!wallet.signedIn) return el("a", { class: "btn btn--small", href: signInUrl, "aria-label": label }, words.claim);
  return el(
    "button",
    {
      type: "button",
      class: "btn btn--primary btn--small",
      "aria-label": label,
      dataset: { focus: `claim-${coupon.coupon_id}` },
      onclick: () => claim(coupon),
    },
    words.claim,
  );
}

/** The coupons in a buy sheet: choose those one holds, claim the others, read why not. */
export function couponChoices(wallet, lines, words, { redraw, signInUrl }) {
  const coupons = wallet.current().filter((coupon) => lines.some((line) => goodFor(coupon, line.item)));
  if (!coupons.length) return null;
  return el(
    "fieldset",
    { class: "field tickets" },
    el("legend", {}, words.coupons),
    coupons.map((coupon) => choice(wallet, coupon, lines, words, { redraw, signInUrl })),
  );
}

function choice(wallet, coupon, lines, words, { redraw, signInUrl }) {
  const name = [
    el("strong", { class: "ticket__off" }, couponOff(coupon, words)),
    el("span", { class: "ticket__terms" }, couponTerms(coupon, words)),
  ];
  if (!wallet.isClaimed(coupon)) {
    return el(
      "div",
      { class: "ticket" },
      el("div", { class: "ticket__words" }, name),
      claimButton(wallet, coupon, words, { claim: (one) => wallet.claim(one), signInUrl }),
    );
  }
  const why = wallet.why(coupon, lines);
  return el(
    "label",
    { class: "ticket ticket--mine" },
    el("input", {
      type: "checkbox",
      checked: !why && wallet.chosen.has(coupon.coupon_id),
      disabled: Boolean(why),
      dataset: { focus: `use-${coupon.coupon_id}` },
      onchange: (event) => {
        wallet.choose(coupon, event.target.checked);
        redraw();
      },
    }),
    el("span", { class: "ticket__words" }, name, why ? el("span", { class: "ticket__why" }, why) : null),
  );
}
