/* Checks a lucky bag's draw in the reader's own browser, with what was published and nothing else.
   The algorithm is in words in docs/gifts.md and on the page; it is the one of gifts/draw.py. */

import { request } from "../../base/js/http.js";

const page = document.querySelector("[data-draw]");

if (page) {
  const told = await request(page.dataset.draw);
  if (!globalThis.crypto?.subtle) {
    page.querySelector("[data-nosubtle]").hidden = false;
  } else if (told.state === "drawn") {
    for (const [name, holds] of Object.entries(await check(told))) {
      const row = page.querySelector(`[data-check="${name}"]`);
      row.classList.add(holds ? "check--ok" : "check--bad");
      row.querySelector("[data-result]").textContent = holds ? page.dataset.holds : page.dataset.fails;
      row.querySelector("use").setAttribute("href", `${document.documentElement.dataset.icons}#${holds ? "check" : "alert"}`);
    }
  }
}

/** What holds of a published draw: {commit, entrants, winners}. */
export async function check(told) {
  const bytes = (text) => new TextEncoder().encode(text);
  const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");
  const sha256 = async (text) => hex(await crypto.subtle.digest("SHA-256", bytes(text)));
  const seed = Uint8Array.from(told.seed.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", seed, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const list = [...told.entrants].sort((one, other) => (one.pseudonym < other.pseudonym ? -1 : 1));
  const names = list.map((one) => one.pseudonym);
  const most = Math.min(told.winners_wanted, names.length);
  for (let place = 0, counter = 0; place < most; place += 1) {
    const left = BigInt(names.length - place);
    const limit = 2n ** 64n - (2n ** 64n % left);
    let number;
    do {
      const mac = hex(await crypto.subtle.sign("HMAC", key, bytes(`${told.entrants_hash}:${counter++}`)));
      number = BigInt(`0x${mac.slice(0, 16)}`);
    } while (number >= limit);
    const chosen = place + Number(number % left);
    [names[place], names[chosen]] = [names[chosen], names[place]];
  }
  return {
    commit: told.commit === (await sha256(`${told.seed}|${told.bag_id}|${told.winners_wanted}|${told.closes_at}`)),
    entrants: told.entrants_hash === (await sha256(list.map((one) => `${one.pseudonym}:${one.nonce}\n`).join(""))),
    winners: JSON.stringify(names.slice(0, most)) === JSON.stringify(told.winners.map((one) => one.pseudonym)),
  };
}
