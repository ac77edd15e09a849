/* What gifts, packets and bags share: drawings, keys, sheets, instants. */

import { el, icon } from "../../../base/js/dom.js";

const SHEET = new URL("../../img/gifts.svg", import.meta.url).href;
const SVG = "http://www.w3.org/2000/svg";

/** One drawing of img/gifts.svg. */
export function art(name, kind = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `gift-art ${kind}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SHEET}#${name}`);
  svg.append(use);
  return svg;
}

/** A number that nobody guesses, in hexadecimal: an idempotency key, or a nonce of a draw. */
export function dice(bytes = 16) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** A sentence with its places filled. */
export function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");
}

/** A sheet in the slot for sheets: {dialog, body, foot}. */
export function drawer(room, id, title, words) {
  const body = el("div", { class: "dialog__body stack" });
  const foot = el("div", { class: "dialog__foot", hidden: true });
  const close = el("button", { type: "button", class: "btn btn--ghost btn--icon", "data-close": true, "aria-label": words.close }, icon("close"));
  const heading = el("h2", { id: `${id}-title` }, title);
  const head = el("div", { class: "dialog__head" }, heading, close);
  const dialog = el("dialog", { class: "drawer giving", id, "aria-labelledby": `${id}-title` }, head, body, foot);
  room.slot("sheets").append(dialog);
  return { dialog, heading, body, foot };
}

/** Send what must not be done twice: with the same body again where no answer came. */
export async function once(ask, tries = 3) {
  for (let left = tries; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (error.status || left <= 1) throw error;
      await new Promise((done) => setTimeout(done, 700));
    }
  }
}
