/* One's own share code of the room, and what somebody else's code led to. */

import { el, icon } from "../../../base/js/dom.js";

export function mount(room) {
  const words = room.words.shares;
  const code = () => room.api("share", { method: "POST", json: {} });
  // Who is signed in shares an address that counts for them.
  room.shareLink = async () => (room.viewer && !room.viewer.guest ? (await code()).url : null);
  room.slot("more").append(
    el(
      "button",
      {
        type: "button",
        class: "more__item",
        onclick: async () => {
          try {
            const { text, poster_url: poster } = await code();
            if (!navigator.clipboard) window.location.assign(poster);
            else await navigator.clipboard.writeText(text);
            room.toast(words.copied, { tone: "ok", milliseconds: 3000 });
          } catch (error) {
            if (error.status === 401) window.location.href = room.signInUrl;
            else room.toast(error.message, { tone: "bad" });
          }
        },
      },
      icon("copy"),
      el("span", {}, words.copy),
    ),
  );

  const wanted = new URLSearchParams(window.location.search).get("listing");
  if (!wanted) return;
  let shown = false;
  room.on("state", (state) => {
    if (shown || !state.cart.some((item) => item.listing_id === wanted)) return;
    shown = true;
    requestAnimationFrame(() => {
      const row = () => room.root.querySelector(`[data-listing="${CSS.escape(wanted)}"]`);
      if (!row()?.checkVisibility()) document.querySelector("[data-open=cart]")?.click();
      row()?.scrollIntoView({ block: "center" });
      row()?.classList.add("goods--flash");
    });
  });
}
