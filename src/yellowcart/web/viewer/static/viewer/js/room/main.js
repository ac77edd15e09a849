/* A room's page: the line, the state, the view and the buy sheet, joined. */

import { now, setClock, wallMillisecondsUntil } from "../../../base/js/clock.js";
import { toast } from "../../../base/js/toast.js";
import { BuySheet, placeOrder } from "./buy.js";
import { Connection } from "./connection.js";
import * as room from "./state.js";
import { RoomView } from "./view.js";
import { pageWords, setZone } from "./words.js";

const LONGEST_TIMER = 60_000;
const RECHECK_SPREAD = 2_000;
const NO_ID = "00000000-0000-0000-0000-000000000000";

const root = document.querySelector("[data-room]");
const words = pageWords("room-words");
const places = pageWords("room-places");
setZone(root.dataset.zone);

let state = null;
let flipTimer = null;
let connected = false;

const view = new RoomView(root, { words, places, onBuy: buy });
const buyDialog = document.getElementById("buy");
const sheet = new BuySheet(buyDialog, {
  words,
  current: (id) => state.cart.find((item) => item.listing_id === id),
  pass: () => (line.pass?.can_buy ? line.pass.pass : null),
  place: (_item, wish) => placeOrder(`${line.base}/orders`, line.pass.pass, wish),
  signInUrl: buyDialog.dataset.signIn,
  orderPage: (id) => buyDialog.dataset.orderPage.replace(NO_ID, id),
  payUrl: (id) => buyDialog.dataset.payUrl.replace(NO_ID, id),
});
const line = new Connection(
  root.dataset.room,
  { onSnapshot, onEvents, onViewers, onProblem, onStatus, onClock },
  () => state?.seq ?? 0,
);

function put(next) {
  if (next === state) return;
  state = next;
  view.show(state);
  openChat();
  sheet.update();
  plan();
}

function onSnapshot(snapshot) {
  if (snapshot.server_time) setClock(snapshot.server_time, snapshot.clock_speed);
  put(room.tick(now(), room.fromSnapshot(snapshot)));
}

function onEvents(events) {
  let next = state;
  for (const event of events) {
    if (room.missesSomething(event, next)) {
      line.refresh().catch(() => {});
      return;
    }
    const fresh = event.seq > next.seq;
    next = room.apply(event, next);
    if (fresh && event.type === "cart.barred") announceCut(event);
    if (fresh && event.type === "cart.barred" && event.restored?.length) recheck();
  }
  put(room.tick(now(), next));
}

/** Ask for the room anew, not all viewers at once. */
function recheck() {
  setTimeout(() => line.refresh().catch(() => {}), Math.random() * RECHECK_SPREAD);
}

function announceCut(event) {
  const sentence = view.cutWords(event);
  toast(sentence, { tone: "warn", milliseconds: 12_000 });
  view.announce(sentence);
  requestAnimationFrame(() => view.flash([...(event.listings ?? []), ...(event.restored ?? [])]));
}

function onViewers(viewers) {
  put({ ...state, viewers });
}

function onClock(clock) {
  setClock(clock.time, clock.speed);
  plan();
}

function onProblem(problem) {
  toast(problem.detail ?? problem.message, { tone: "bad" });
}

function onStatus(status) {
  connected = status === "live";
  view.status(status);
  openChat();
}

function openChat() {
  const input = document.getElementById("say");
  if (input) input.disabled = !(connected && line.pass?.can_chat && state?.phase === "live");
}

/** Flip by ourselves at the instant the next verdict ends, whether or not a frame comes. */
function plan() {
  clearTimeout(flipTimer);
  const at = room.nextFlip(state);
  if (at === null) return;
  const wait = wallMillisecondsUntil(new Date(at).toISOString());
  flipTimer = setTimeout(
    () => {
      const next = room.tick(now(), state);
      const unknown = next !== state && next.cart.some((item) => item.pending);
      put(next);
      plan();
      if (unknown) recheck();
    },
    Math.max(0, Math.min(wait, LONGEST_TIMER)),
  );
}

function buy(listingId) {
  const item = state.cart.find((one) => one.listing_id === listingId);
  if (item?.state === "mounted") sheet.open(item);
}

document.getElementById("chat-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const input = document.getElementById("say");
  const text = input.value.trim();
  if (!text) return;
  if (line.say(text)) input.value = "";
  else toast(words.statuses.broken, { tone: "warn" });
});

// Beside the stage there is room for the cart itself; the drawer is for small screens.
const wide = window.matchMedia("(width >= 960px)");
wide.addEventListener("change", () => document.getElementById("cart").close());
window.addEventListener("pagehide", () => line.stop());
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

line.start();
