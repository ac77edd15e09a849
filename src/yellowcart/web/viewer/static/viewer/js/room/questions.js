/* Asking about goods: "please explain" at one tap, or a question in words; and what became of it. */

import { el, icon } from "../../../base/js/dom.js";

export function mount(room) {
  const words = room.words.questions;
  const asked = new Map();

  const goods = el("select", { class: "select", name: "listing" });
  const text = el("input", { class: "input", name: "text", maxLength: 200, autocomplete: "off", placeholder: words.placeholder, "aria-label": words.placeholder });
  const list = el("ul", { class: "asked", role: "list" });
  const form = el(
    "form",
    {
      class: "stack",
      onsubmit: (event) => {
        event.preventDefault();
        if (text.value.trim()) ask(text.value);
        else text.focus();
      },
    },
    el("label", { class: "field" }, el("span", { class: "field__label" }, words.about), goods),
    el("button", { type: "button", class: "btn btn--primary", onclick: () => goods.value && ask("") }, icon("megaphone", "small"), words.explain),
    text,
    el("button", { class: "btn" }, icon("send", "small"), words.send),
  );
  const dialog = el(
    "dialog",
    { class: "drawer", id: "ask", "aria-labelledby": "ask-title" },
    el(
      "div",
      { class: "dialog__head" },
      el("h2", { id: "ask-title" }, words.title),
      el("button", { type: "button", class: "btn btn--ghost btn--icon", "data-close": true, "aria-label": words.close }, icon("close")),
    ),
    el("div", { class: "dialog__body stack" }, form, list),
  );
  room.slot("sheets").append(dialog);
  room.slot("more").append(el("button", { type: "button", class: "more__item", onclick: open }, icon("megaphone"), el("span", {}, words.title)));

  function open() {
    document.getElementById("more")?.close();
    if (!room.viewer || room.viewer.guest) {
      window.location.href = room.signInUrl;
      return;
    }
    const offered = room.state.cart.filter((item) => item.state === "mounted");
    goods.replaceChildren(
      ...offered.map((item) => el("option", { value: item.listing_id, selected: item.listing_id === room.state.pinned }, item.title)),
      el("option", { value: "" }, words.general),
    );
    room.openSheet(dialog);
    room.api("questions/mine").then((rows) => {
      for (const row of rows.toReversed()) asked.set(row.question_id, row);
      draw();
    });
  }

  async function ask(words_) {
    try {
      const row = await room.api("questions", { method: "POST", json: { listing_id: goods.value || null, text: words_ } });
      asked.set(row.question_id, row);
      text.value = "";
      room.toast(words.asked, { tone: "ok", milliseconds: 2500 });
      draw();
    } catch (error) {
      room.toast(error.message, { tone: "bad" });
    }
  }

  function draw() {
    const titles = new Map((room.state?.cart ?? []).map((item) => [item.listing_id, item.title]));
    list.replaceChildren(
      ...[...asked.values()].toReversed().map((row) =>
        el("li", { class: "row" }, el("span", { class: "grow truncate" }, row.text || `${words.explain} · ${titles.get(row.listing_id) ?? ""}`), el("span", { class: row.state === "answered" ? "badge badge--ok" : "badge" }, words.states[row.state])),
      ),
    );
  }

  room.on("questions.closed", (event) => {
    const mine = event.ids.filter((id) => asked.get(id)?.state === "waiting");
    for (const id of mine) asked.set(id, { ...asked.get(id), state: event.state });
    if (!mine.length) return;
    if (event.state === "answered") room.toast(words.answered, { tone: "ok", milliseconds: 5000 });
    draw();
  });
}
