/* Buying outside rooms: the same sheet, over the goods the page came with. */

import { request } from "../../base/js/http.js";
import { BuySheet, placeOrder } from "./room/buy.js";

const { items, signedIn, words } = JSON.parse(document.getElementById("shopping").textContent);
const dialog = document.getElementById("buy");
const { orderPage, payUrl, signIn } = dialog.dataset;
const NO_ID = "00000000-0000-0000-0000-000000000000";

const passes = new Map();

async function passFor(listingId) {
  const held = passes.get(listingId);
  if (held && Date.parse(held.expires_at) > Date.now() + 10_000) return held.pass;
  const fresh = await request("/api/v1/orders/pass", { method: "POST", json: { listing_id: listingId } });
  passes.set(listingId, fresh);
  return fresh.pass;
}

const sheet = new BuySheet(dialog, {
  words,
  current: (id) => items.find((item) => item.listing_id === id),
  pass: () => (signedIn ? "asked for when the order is placed" : null),
  place: async (item, { listing_id: listingId, ...wish }) =>
    placeOrder(`/api/v1/listings/${listingId}/orders`, await passFor(listingId), wish, listingId),
  signInUrl: signIn,
  orderPage: (id) => orderPage.replace(NO_ID, id),
  payUrl: (id) => payUrl.replace(NO_ID, id),
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-buy]");
  const item = button && items.find((one) => one.listing_id === button.dataset.buy);
  if (item) sheet.open(item);
});
