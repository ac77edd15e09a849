/* A viewer's room: the session, the view and the buy sheet, joined. */

import { toast } from "../../../base/js/toast.js";
import { BuySheet, placeOrder } from "./buy.js";
import { RoomSession } from "./session.js";
import { RoomView } from "./view.js";
import { pageWords, setZone } from "./words.js";

const NO_ID = "00000000-0000-0000-0000-000000000000";

const root = document.querySelector("[data-room]");
const words = pageWords("room-words");
const places = pageWords("room-places");
const say = document.getElementById("say");
const buyDialog = document.getElementById("buy");
setZone(root.dataset.zone);

let connected = false;

const session = new RoomSession(root.dataset.room, {
  show,
  happened(event) {
    if (event.type === "cart.barred") announceCut(event);
  },
  status(name) {
    connected = name === "live";
    view.status(name);
    openChat();
  },
});
const { line } = session;
const view = new RoomView(root, { words, places, onBuy: buy });
const sheet = new BuySheet(buyDialog, {
  words,
  current: (id) => session.state.cart.find((item) => item.listing_id === id),
  pass: () => (line.pass?.can_buy ? line.pass.pass : null),
  place: (_item, wish) => placeOrder(`${line.base}/orders`, line.pass.pass, wish),
  signInUrl: buyDialog.dataset.signIn,
  orderPage: (id) => buyDialog.dataset.orderPage.replace(NO_ID, id),
  payUrl: (id) => buyDialog.dataset.payUrl.replace(NO_ID, id),
});

function show(state) {
  view.show(state);
  openChat();
  sheet.update();
}

function openChat() {
  if (say) say.disabled = !(connected && line.pass?.can_chat && session.state?.phase === "live");
}

function announceCut(event) {
  const sentence = view.cutWords(event);
  toast(sentence, { tone: "warn", milliseconds: 12_000 });
  view.announce(sentence);
  requestAnimationFrame(() => view.flash([...(event.listings ?? []), ...(event.restored ?? [])]));
}

function buy(listingId) {
  const item = session.state.cart.find((one) => one.listing_id === listingId);
  if (item?.state === "mounted") sheet.open(item);
}

document.getElementById("chat-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = say.value.trim();
  if (!text) return;
  if (line.say(text)) say.value = "";
  else toast(words.statuses.broken, { tone: "warn" });
});

// Beside the stage there is room for the cart itself; the drawer is for small screens.
const wide = window.matchMedia("(width >= 960px)");
wide.addEventListener("change", () => document.getElementById("cart").close());
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

session.start();
