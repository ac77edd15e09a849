/* A viewer's room: the session, the view, the coupons, the basket and the buy sheet, joined. */

import { request } from "../../../base/js/http.js";
import { toast } from "../../../base/js/toast.js";
import { Basket } from "./basket.js";
import { Bullets } from "./bullets.js";
import { BuySheet } from "./buy.js";
import { Looks } from "./looks.js";
import { placeOrder } from "./order.js";
import { RoomSession } from "./session.js";
import { RoomView } from "./view.js";
import { WaitList } from "./waiting.js";
import { Wallet } from "./wallet.js";
import { pageWords, setZone } from "./words.js";

const NO_ID = "00000000-0000-0000-0000-000000000000";

const root = document.querySelector("[data-room]");
const words = pageWords("room-words");
const places = pageWords("room-places");
const say = document.getElementById("say");
const buyDialog = document.getElementById("buy");
const { signIn: signInUrl } = buyDialog.dataset;
setZone(root.dataset.zone);

let connected = false;
let entered = false;

const session = new RoomSession(root.dataset.room, {
  show,
  happened(event) {
    if (event.type === "cart.barred") announceCut(event);
    if (event.type === "purchases") bullets.take(event, session.state);
    if (event.type === "stock" && waiting.rows.size) waiting.load();
  },
  status(name) {
    connected = name === "live";
    view.status(name);
    openChat();
  },
});
const { line } = session;
const looks = new Looks(root, (frame) => line.tell(frame));
const fan = () => Boolean(line.pass?.fan);
const may = () => Boolean(line.pass?.can_buy);
const wallet = new Wallet(`/api/v1/promotions/rooms/${root.dataset.room}`, words, { changed: mine, failed: (problem) => toast(problem.message, { tone: "bad" }) });
const waiting = new WaitList(mine);
const basket = new Basket(root.querySelector("[data-part=basket]"), {
  words,
  fan,
  buy(ids) {
    looks.open(...ids);
    sheet.open(...ids.map(itemOf));
  },
  changed: () => session.state && view.cart(session.state),
});
const view = new RoomView(root, { words, places, basket, wallet, fan, signInUrl, onBuy: buy });
const bullets = new Bullets(root.querySelector(".stage"), words);
const sheet = new BuySheet(buyDialog, {
  words,
  current: itemOf,
  pass: () => (may() ? line.pass.pass : null),
  place: (_item, wish) => placeOrder(`${line.base}/orders`, line.pass.pass, wish),
  fan,
  follow,
  refresh: () => line.refresh().catch(() => {}),
  selling: () => session.state?.selling,
  bought(ids) {
    for (const id of ids) basket.ticked.delete(id);
    basket.changed();
    wallet.load();
    waiting.load();
  },
  wallet,
  waiting,
  signInUrl,
  orderPage: (id) => buyDialog.dataset.orderPage.replace(NO_ID, id),
  payUrl: (id) => buyDialog.dataset.payUrl.replace(NO_ID, id),
});

function itemOf(id) {
  return session.state.cart.find((item) => item.listing_id === id);
}

function show(state) {
  view.show(state);
  openChat();
  sheet.update();
  wallet.offer(state.coupons, may());
  if (may() && !entered) {
    entered = true;
    waiting.load();
  }
}

/** What only this viewer sees has changed. */
function mine() {
  if (!session.state) return;
  view.mine(session.state);
  sheet.redraw();
}

/** Follow the host: prices and coupons for followers are this viewer's from now on. */
async function follow() {
  try {
    await request(`/api/v1/people/${session.state.host.handle}/follow`, { method: "PUT" });
    line.pass.fan = true;
    toast(words.followed, { tone: "ok", milliseconds: 3000 });
  } catch (error) {
    toast(error.message, { tone: "bad" });
  }
  mine();
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
  const item = itemOf(listingId);
  if (item?.state !== "mounted") return;
  looks.open(listingId);
  sheet.open(item);
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
