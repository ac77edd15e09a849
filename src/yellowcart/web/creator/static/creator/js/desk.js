/* The host's desk: the room's line keeps viewers, sales and chat current; the cart is the
   server's and is asked for again when something in it changed. */

import { loadAnew } from "../../base/js/anew.js";
import { request } from "../../base/js/http.js";
import { toast } from "../../base/js/toast.js";
import { RoomSession } from "../../viewer/js/room/session.js";
import { CART_EVENTS } from "./events.js";
import { arrange } from "./order.js";

const REFRESH_PAUSE = 700;
const FIGURES_PAUSE = 1500;
const MUTE_MINUTES = 10;
const MOST_SALES = 50;
const GIVING_EVENTS = new Set(["gift", "packet", "bag"]);

const root = document.querySelector("[data-desk]");
const roomId = root.dataset.desk;
const me = root.dataset.me;
const words = document.getElementById("desk-words").dataset;
const cart = document.getElementById("cart");
const chat = root.querySelector("[data-chat]");
const sales = root.querySelector("[data-sales]");
const status = document.querySelector("[data-status]");
const base = `/api/v1/rooms/${roomId}`;

let refreshTimer = null;
let figuresTimer = null;

const session = new RoomSession(roomId, {
  show,
  happened,
  ticked: refreshCart,
  flipped: refreshGoods,
  restarted: refreshCart,
  status(name) {
    status.hidden = name === "live";
    status.textContent = words[name] ?? "";
  },
});

function show(state) {
  root.querySelector("[data-viewers]").textContent = String(state.viewers ?? 0);
  showChat(state);
  const pinned = state.pinnedMessage;
  root.querySelector("[data-pinned]").hidden = !pinned;
  root.querySelector("[data-pinned-text]").textContent = pinned ? `${pinned.name}: ${pinned.text}` : "";
}

function happened(event, state) {
  if (event.type === "sold") {
    addSale(event, state);
    refreshFigures();
  }
  if (event.type === "room.state" && event.state !== root.dataset.phase) loadAnew();
  if (event.type === "cart.barred" && event.listings?.length) {
    toast(words.barred, { tone: "warn", milliseconds: 12_000 });
  }
  if (CART_EVENTS.has(event.type)) refreshCart();
  // The script may have been stepped through on another device.
  if (event.type === "listing.pinned") window.htmx.trigger("#script-now", "refresh");
  if (GIVING_EVENTS.has(event.type)) window.htmx.trigger("#giving", "refresh");
}

/** Ask the server for the cart, at most every now and then, and never while something in it is held
    or a menu in it is open. */
function refreshCart() {
  if (refreshTimer !== null) return;
  refreshTimer = setTimeout(() => {
    refreshTimer = null;
    if (isHeld() || cart.querySelector("details[open]")) refreshCart();
    else window.htmx.trigger(cart, "refresh");
  }, REFRESH_PAUSE);
}

function isHeld() {
  return "held" in cart.dataset;
}

cart.addEventListener("htmx:beforeSwap", (event) => {
  // It was asked for before something was held, and is asked for again.
  if (!isHeld() || event.detail.requestConfig.verb !== "get") return;
  event.detail.shouldSwap = false;
  refreshCart();
});

/** Ask for orders and sums after the payment had a moment to follow. */
function refreshFigures() {
  clearTimeout(figuresTimer);
  figuresTimer = setTimeout(() => window.htmx.trigger("#figures", "refresh"), FIGURES_PAUSE);
}

/** Goods that were found carry verdicts, which have just changed. */
function refreshGoods() {
  const search = root.querySelector("[data-search]");
  if (search && document.getElementById("goods-q").value) window.htmx.trigger(search, "submit");
}

function addSale(event, state) {
  sales.querySelector("[data-none]")?.remove();
  const row = document.getElementById("sale-template").content.firstElementChild.cloneNode(true);
  const item = state.cart.find((one) => one.listing_id === event.listing_id);
  row.querySelector(".sale__title").textContent = item?.title ?? "";
  row.querySelector(".sale__count").textContent = `× ${event.quantity}`;
  sales.prepend(row);
  while (sales.children.length > MOST_SALES) sales.lastElementChild.remove();
}

function showChat(state) {
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;
  const wanted = new Set(state.chat.map((message) => message.id));
  for (const row of [...chat.children]) if (!wanted.has(row.dataset.id)) row.remove();
  const shown = new Set([...chat.children].map((row) => row.dataset.id));
  for (const message of state.chat) if (!shown.has(message.id)) chat.append(messageRow(message));
  if (atEnd) chat.scrollTop = chat.scrollHeight;
}

function messageRow(message) {
  const row = document.getElementById("message-template").content.firstElementChild.cloneNode(true);
  row.dataset.id = message.id;
  row.dataset.account = message.account_id;
  row.querySelector(".said__name").textContent = message.role === "host" ? `${message.name} · ${words.host}` : message.name;
  row.querySelector(".said__text").textContent = message.text;
  if (message.account_id === me) row.classList.add("said--own");
  return row;
}

/** What a deed of the menu asks of the server. */
function deed(name, row) {
  const { id, account } = row.dataset;
  if (name === "pin") return [`${base}/chat/pinned`, { method: "PUT", json: { message_id: id } }];
  if (name === "hide") return [`${base}/chat/${id}/hide`, { method: "POST" }];
  if (name === "mute") return [`${base}/mutes`, { method: "POST", json: { account_id: account, minutes: MUTE_MINUTES } }];
  return [`${base}/blocks/${account}`, { method: "PUT" }];
}

async function keepOrder(name, row) {
  try {
    await request(...deed(name, row));
    toast(words[name], { tone: "ok", milliseconds: 3000 });
    if (root.querySelector(".deskorder").open) window.htmx.trigger("#order", "refresh");
  } catch (error) {
    toast(error.message, { tone: "bad" });
  }
}

chat.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  button.closest("details").open = false;
  if (button.dataset.do === "block" && !window.confirm(words.sure)) return;
  keepOrder(button.dataset.do, button.closest("[data-id]"));
});

root.querySelector("[data-unpin]").addEventListener("click", () =>
  request(`${base}/chat/pinned`, { method: "PUT", json: { message_id: null } }).catch((error) => toast(error.message, { tone: "bad" })),
);

root.querySelector("[data-say]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const input = document.getElementById("say");
  const text = input.value.trim();
  if (text && session.line.say(text)) input.value = "";
});

arrange(cart, async (order) => {
  try {
    await request(`${base}/cart/order`, { method: "PUT", json: { order } });
    toast(words.moved, { tone: "ok", milliseconds: 2000 });
  } catch (error) {
    toast(error.message, { tone: "bad" });
  }
  refreshCart();
});

// htmx gives the focus back to the button of the same id; where that is gone, what was said has it.
let pressed = false;
cart.addEventListener("click", (event) => {
  pressed = event.target.closest("button") !== null;
});
cart.addEventListener("htmx:afterSettle", () => {
  if (pressed && document.activeElement === document.body) {
    document.getElementById("cart-said").focus({ preventScroll: true });
  }
  pressed = false;
});

if (root.dataset.phase === "scheduled" || root.dataset.phase === "live") session.start();
