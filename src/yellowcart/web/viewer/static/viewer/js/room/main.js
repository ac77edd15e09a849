/* A viewer's room: the session, the view, the coupons, the basket and the buy sheet, joined; and
   what others mount in its slots. */

import { toast } from "../../../base/js/toast.js";
import { Basket } from "./basket.js";
import { BuySheet } from "./buy.js";
import { over } from "./ended.js";
import { RoomKit } from "./kit.js";
import { Likes } from "./likes.js";
import { Looks } from "./looks.js";
import { mounts } from "./mounts.js";
import { placeOrder } from "./order.js";
import { Pins } from "./pins.js";
import { RoomSession } from "./session.js";
import { share } from "./share.js";
import * as sheets from "./sheets.js";
import * as stage from "./stage.js";
import { RoomVideo } from "./video.js";
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
let painting = 0;
let painted = null;
let known = null;

const session = new RoomSession(root.dataset.room, {
  show(state) {
    paint();
    const before = known;
    known = state;
    room.tell("state", state, before);
  },
  happened(event, state) {
    if (event.type === "cart.barred") announceCut(event);
    if (event.type === "stock" && waiting.rows.size) waiting.load();
    room.tell(event.type, event, state);
  },
  status(name) {
    connected = name === "live";
    view.status(name);
    openChat();
    room.tell("status", name);
  },
  entered: (viewer) => room.tell("entered", viewer),
  frame: (frame) => room.tell("frame", frame),
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
const view = new RoomView(root, { words, places, basket, wallet, fan, me: () => line.pass, signInUrl, onBuy: buy, over: (state) => over(state, { words, places }) });
const { parts } = view;
const likes = new Likes({ button: parts.like, count: parts.likes, layer: parts.hearts }, { words, send: () => line.like() });
const video = new RoomVideo({ ...parts, saving: document.querySelector("[data-part=saving]") }, { words, pass: () => line.freshPass() });
const pins = new Pins(() => video.behind(), paint);
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
const room = new RoomKit(root, { session, words, view, signInUrl, follow });

function itemOf(id) {
  return session.state.cart.find((item) => item.listing_id === id);
}

/** Put the state on the page with the next frame, however often it changes until then. */
function paint() {
  if (painting) return;
  painting = requestAnimationFrame(() => {
    painting = 0;
    const { state } = session;
    view.show({ ...state, pinned: pins.of(state) });
    video.show(state.video);
    openChat();
    sheet.update();
    wallet.offer(state.coupons, may());
    if (painted?.counts !== state.counts) likes.show(state.counts.likes ?? 0);
    painted = state;
    if (may() && !entered) {
      entered = true;
      waiting.load();
    }
  });
}

/** What only this viewer sees has changed. */
function mine() {
  if (!session.state) return;
  view.mine(session.state);
  sheet.redraw();
}

/** Follow the host: prices and coupons for followers are this viewer's from now on. */
async function follow() {
  if (line.pass?.guest) {
    window.location.assign(signInUrl);
    return;
  }
  try {
    await room.api(`/api/v1/people/${session.state.host.handle}/follow`, { method: "PUT" });
    line.pass.fan = true;
    if (parts.follow) parts.follow.hidden = true;
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
  requestAnimationFrame(() => requestAnimationFrame(() => view.flash([...(event.listings ?? []), ...(event.restored ?? [])])));
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
  if (!line.say(text)) {
    toast(words.statuses.broken, { tone: "warn" });
    return;
  }
  say.value = "";
  view.said.toEnd();
  say.focus();
});

parts.follow?.addEventListener("click", follow);
for (const node of document.querySelectorAll("[data-part=share], [data-do=share]")) {
  node.addEventListener("click", () => share(room));
}

/** To another live room, the stage moving that way. */
function leave(direction) {
  const url = root.dataset[direction];
  if (!url) return;
  root.dataset.leaving = direction;
  window.location.assign(url);
}
const ways = { next: () => leave("next"), previous: () => leave("previous") };
stage.listen(parts.stage, { like: (at) => likes.like(at), ...ways });
stage.listen(parts.chat, { like: (at) => likes.like(at) });
stage.listenKeys(ways);
sheets.keepHistory();
sheets.listen();

// Beside the stage there is room for the cart itself; the drawer is for small screens.
const wide = window.matchMedia("(width >= 960px)");
wide.addEventListener("change", () => document.getElementById("cart").close());
for (const change of ["online", "offline"]) {
  window.addEventListener(change, () => view.status(connected && navigator.onLine ? "live" : "broken"));
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

session.start(JSON.parse(document.getElementById("room-snapshot").textContent));
for (const load of mounts) {
  load()
    .then((module) => module.mount(room))
    .catch((error) => console.error(error));
}
