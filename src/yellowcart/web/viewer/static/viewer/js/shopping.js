/* Buying outside rooms: the same sheet, over the goods the page came with. */

import { now } from "../../base/js/clock.js";
import { request } from "../../base/js/http.js";
import { toast } from "../../base/js/toast.js";
import { BuySheet } from "./room/buy.js";
import { placeOrder } from "./room/order.js";
import { advance } from "./room/pricing.js";
import { WaitList } from "./room/waiting.js";
import { Wallet } from "./room/wallet.js";
import { setZone } from "./room/words.js";

const page = JSON.parse(document.getElementById("shopping").textContent);
const { signedIn, creators, words } = page;
const dialog = document.getElementById("buy");
const { orderPage, payUrl, signIn: signInUrl } = dialog.dataset;
const NO_ID = "00000000-0000-0000-0000-000000000000";
const LOOK = 1000;

let { items } = page;
setZone(page.zone);

const passes = new Map();

async function passFor(listingId) {
  // In a replay an order says whether one explanation was watched, or the whole show.
  const clip = document.querySelector('[data-clip][aria-pressed="true"]')?.dataset.clip || null;
  const key = `${listingId} ${clip}`;
  const held = passes.get(key);
  if (held && Date.parse(held.expires_at) > Date.now() + 10_000) return held.pass;
  const fresh = await request("/api/v1/orders/pass", { method: "POST", json: { listing_id: listingId, clip_id: clip } });
  passes.set(key, fresh);
  return fresh.pass;
}

function put(fresh) {
  items = items.map((item) => (item.listing_id === fresh.listing_id ? fresh : item));
}

async function refresh(item) {
  try {
    put(await request(`/api/v1/listings/${item.listing_id}`));
  } catch {
    // What is shown stays; the order itself says what is true.
  }
}

async function follow(item) {
  const creator = creators[item.creator_id];
  try {
    await request(`/api/v1/people/${creator.handle}/follow`, { method: "PUT" });
    creator.fan = true;
    toast(words.followed, { tone: "ok", milliseconds: 3000 });
  } catch (error) {
    toast(error.message, { tone: "bad" });
  }
  sheet.redraw();
}

const redraw = () => sheet.redraw();
const wallet = new Wallet("", words, { changed: redraw, failed: (problem) => toast(problem.message, { tone: "bad" }) });
const waiting = new WaitList(redraw);
const sheet = new BuySheet(dialog, {
  words,
  current: (id) => items.find((item) => item.listing_id === id),
  pass: () => (signedIn ? "asked for when the order is placed" : null),
  place: async (item, { listing_id: listingId, ...wish }) =>
    placeOrder(`/api/v1/listings/${listingId}/orders`, await passFor(listingId), wish),
  fan: (item) => Boolean(creators[item.creator_id]?.fan),
  follow,
  refresh,
  wallet,
  waiting,
  signInUrl,
  orderPage: (id) => orderPage.replace(NO_ID, id),
  payUrl: (id) => payUrl.replace(NO_ID, id),
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-buy]");
  const item = button && items.find((one) => one.listing_id === button.dataset.buy);
  if (!item) return;
  sheet.open(item);
  wallet.fetch(`/api/v1/promotions/listings/${item.listing_id}`, signedIn);
});

// Prices flip by the clock here, too.
setInterval(() => {
  const fresh = items.map((item) => advance(item, now()));
  if (fresh.every((item, place) => item === items[place])) return;
  items = fresh;
  sheet.update();
}, LOOK);

if (signedIn && items.length) waiting.load();
