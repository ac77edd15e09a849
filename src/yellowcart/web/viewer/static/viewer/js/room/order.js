/* Sending an order once: the idempotency key is made before it is sent and kept in the tab until
   there is an answer, so that a retry after a lost answer is the same order and never a second. */

import { Problem, request } from "../../../base/js/http.js";

const TRIES = 3;
const WAIT = 700;

/** 128 random bits; unlike crypto.randomUUID this also works over plain HTTP in a home network. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** The key that stands for this very wish until it is answered. */
export function keyFor(url, wish, storage = window.sessionStorage) {
  const name = `order:${url}:${JSON.stringify(wish)}`;
  let key = storage.getItem(name);
  if (!key) {
    key = newKey();
    storage.setItem(name, key);
  }
  return { key, forget: () => storage.removeItem(name) };
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Place an order; tries again, with the same key, only where no answer came back. */
export async function placeOrder(url, pass, wish) {
  const { key, forget } = keyFor(url, wish);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const order = await request(url, {
        method: "POST",
        json: { ...wish, idempotency_key: key },
        headers: { Authorization: `Bearer ${pass}` },
      });
      forget();
      return order;
    } catch (error) {
      const unanswered = !(error instanceof Problem) || error.status >= 500;
      if (!unanswered) forget();
      if (!unanswered || attempt === TRIES) throw error;
      await pause(WAIT * attempt);
    }
  }
}
