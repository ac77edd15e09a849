/* A room as a value. `apply(event, state)` gives the next one and changes nothing it was given;
   no clock, no network, no page. Taking an event in twice leaves the state as after once. */

import { onTheClock, saleInstants } from "./linkup.js";
import { advance, changesOf } from "./pricing.js";

export const KEPT_MESSAGES = 200;
/* As many as a snapshot carries. */
const KEPT_COMBOS = 12;

/** The state a snapshot describes. */
export function fromSnapshot(snapshot) {
  return {
    roomId: snapshot.room_id,
    title: snapshot.title,
    phase: snapshot.state,
    host: snapshot.host,
    practice: snapshot.practice ?? false,
    cohosts: snapshot.cohosts ?? [],
    onStage: snapshot.on_stage ?? null,
    scheduledAt: snapshot.scheduled_at,
    startedAt: snapshot.started_at,
    pinned: snapshot.pinned_listing_id,
    selling: snapshot.selling ?? null,
    coupons: snapshot.coupons ?? [],
    gifts: snapshot.gifts ?? { gifts: 0, coins: 0, combos: [] },
    packets: snapshot.packets ?? [],
    bag: snapshot.bag ?? null,
    video: snapshot.video ?? { state: "none", since: null, plays: [] },
    viewers: snapshot.viewers,
    counts: snapshot.counts ?? {},
    seq: snapshot.seq,
    cart: snapshot.cart,
    chat: snapshot.chat,
    pinnedMessage: snapshot.pinned_message ?? null,
  };
}

const appliers = {
  "room.state": (event, state) => ({
    ...state,
    phase: event.state,
    title: event.title ?? state.title,
    scheduledAt: event.scheduled_at ?? state.scheduledAt,
    startedAt: event.started_at ?? state.startedAt,
    selling: event.selling ?? state.selling,
  }),
  video: (event, state) => ({
    ...state,
    video: { state: event.state, since: event.since, plays: event.plays, replay: event.replay },
  }),
  gift: (event, state) => ({
    ...state,
    gifts: { gifts: event.gifts, coins: event.coins, combos: combos(state.gifts.combos, event.combo) },
  }),
  packet: (event, state) => ({ ...state, packets: packets(state.packets, event.packet) }),
  bag: (event, state) => ({ ...state, bag: event.bag }),
  hosts: (event, state) => ({ ...state, cohosts: event.cohosts, onStage: event.on_stage }),
  coupons: (event, state) => ({ ...state, coupons: event.coupons }),
  "listing.mounted": (event, state) => ({ ...state, cart: placed(itemOf(event), state.cart) }),
  "listing.unmounted": (event, state) => ({
    ...state,
    cart: state.cart.filter((item) => item.listing_id !== event.listing_id),
    pinned: state.pinned === event.listing_id ? null : state.pinned,
  }),
  "cart.reordered": (event, state) => ({ ...state, cart: reordered(state.cart, event.order) }),
  "listing.pinned": (event, state) => ({ ...state, pinned: event.listing_id ?? null }),
  "cart.barred": (event, state) => barred(event, state),
  stock: (event, state) => ({
    ...state,
    cart: state.cart.map((item) => (item.listing_id === event.listing_id ? restocked(item, event) : item)),
  }),
  sold: (event, state) => ({
    ...state,
    cart: state.cart.map((item) =>
      item.listing_id === event.listing_id ? { ...item, sold: event.total ?? (item.sold ?? 0) + event.quantity } : item,
    ),
  }),
  chat: (event, state) =>
    state.chat.some((said) => said.id === event.id)
      ? state
      : { ...state, chat: [...state.chat, said(event)].slice(-KEPT_MESSAGES) },
  "chat.pinned": (event, state) => ({ ...state, pinnedMessage: event.message }),
  "chat.removed": (event, state) => ({ ...state, chat: state.chat.filter((message) => message.id !== event.id) }),
};

/** The state after an event; unknown types only move the number on. */
export function apply(event, state) {
  if (event.seq <= state.seq) return state;
  const applier = appliers[event.type];
  const next = applier ? applier(event, state) : state;
  return { ...next, seq: event.seq };
}

/** Whether an event does not follow the state's last one, so that something in between is lost. */
export function missesSomething(event, state) {
  return event.seq > state.seq + 1;
}

/** The state once the platform's clock reads `now` (milliseconds): listings whose verdict has
    run out take the verdict that follows; where none is known they are not offered meanwhile.
    Prices that change by the clock are the ones that follow, and sales begin and end. */
export function tick(now, state) {
  const cart = state.cart.map((item) => {
    const fresh = hasRunOut(item, now) ? flipped(item) : item;
    return onTheClock(fresh.skus ? advance(fresh, now) : fresh, now);
  });
  if (cart.every((item, place) => item === state.cart[place])) return state;
  return { ...state, cart, pinned: stillOffered(state.pinned, cart) };
}

/** Milliseconds of the next instant at which `tick` changes something, or null. */
export function nextFlip(state) {
  const instants = state.cart
    .flatMap((item) => [Date.parse(item.verdict?.until ?? ""), ...(item.skus ? changesOf(item) : []), ...saleInstants(item)])
    .filter((at) => !Number.isNaN(at));
  return instants.length ? Math.min(...instants) : null;
}

function hasRunOut(item, now) {
  return Boolean(item.verdict?.until) && Date.parse(item.verdict.until) <= now;
}

function flipped(item) {
  const next = item.next_verdict;
  if (!next) {
    return { ...item, state: "barred", jump_url: null, pending: true, verdict: { ...item.verdict, until: null } };
  }
  const open = next.permitted ?? next.outcome === "allow";
  return {
    ...item,
    state: open ? "mounted" : "barred",
    jump_url: open && item.integration === "link" ? `/go/${item.listing_id}` : null,
    pending: false,
    verdict: next,
    next_verdict: null,
  };
}

function stillOffered(pinned, cart) {
  return cart.some((item) => item.listing_id === pinned && item.state === "mounted") ? pinned : null;
}

function combos(known, combo) {
  const others = known.filter((one) => one.id !== combo.id);
  return [...others, combo].sort((one, other) => (one.at + one.id < other.at + other.id ? -1 : 1)).slice(-KEPT_COMBOS);
}

function packets(known, packet) {
  const others = known.filter((one) => one.id !== packet.id);
  if (packet.state !== "open") return others;
  return [...others, packet].sort((one, other) => (one.opens_at + one.id < other.opens_at + other.id ? -1 : 1));
}

function itemOf(event) {
  const { seq, type, at, ...rest } = event;
  return rest.item ?? rest;
}

function said(event) {
  const { seq, type, ...message } = event;
  return message;
}

function placed(item, cart) {
  const others = cart.filter((other) => other.listing_id !== item.listing_id);
  return inOrder([...others, item]);
}

function inOrder(cart) {
  return [...cart].sort((one, other) => one.position - other.position || (one.listing_id < other.listing_id ? -1 : 1));
}

function reordered(cart, order) {
  const place = new Map(order.map((id, index) => [id, index]));
  return inOrder(cart.map((item) => ({ ...item, position: place.get(item.listing_id) ?? item.position })));
}

function barred(event, state) {
  const out = new Set(event.listings);
  const back = new Set(event.restored ?? []);
  const cart = state.cart.map((item) => {
    if (out.has(item.listing_id)) {
      const verdict = {
        ...item.verdict,
        outcome: event.outcome ?? (item.verdict?.outcome === "allow" ? "deny" : (item.verdict?.outcome ?? "deny")),
        rule: event.rule,
        revision: event.revision,
        since: event.since ?? event.at,
        until: event.until ?? null,
        reason: event.reason,
        remedy: event.remedy,
        open_surfaces: event.open_surfaces ?? item.verdict?.open_surfaces ?? [],
      };
      return { ...item, state: "barred", jump_url: null, pending: false, verdict, next_verdict: null };
    }
    if (back.has(item.listing_id)) {
      const jump = item.integration === "link" ? `/go/${item.listing_id}` : null;
      const verdict = { outcome: "allow", rule: null, since: event.at, until: null, reason: "", open_surfaces: [] };
      return { ...item, state: "mounted", jump_url: jump, pending: false, verdict, next_verdict: null };
    }
    return item;
  });
  return { ...state, cart, pinned: stillOffered(state.pinned, cart) };
}

function restocked(item, event) {
  const skus = item.skus.map((sku) => (sku.sku_id === event.sku_id ? { ...sku, available: event.available } : sku));
  const counts = skus.map((sku) => sku.available).filter((count) => count !== null);
  return { ...item, skus, available: counts.length ? counts.reduce((sum, count) => sum + count, 0) : null };
}
