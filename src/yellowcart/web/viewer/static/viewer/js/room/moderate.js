/* The order of the chat: the pinned message above it; a tap on a line opens what this viewer may do
   about it (report it, delete one's own; and for whom keeps order: pin, delete, mute, put out);
   reports of the whole room from the "more" sheet. The server decides who may what. */

import { el, icon } from "../../../base/js/dom.js";

const MUTE_MINUTES = [10, 60, 1440];
const RANKS = { viewer: 0, moderator: 1, cohost: 2, host: 3, platform: 4 };

/** Show the pinned message and the sheets (kit.js). */
export function mount(room) {
  new Pinned(room);
  const sheet = new LineSheet(room);
  const list = document.querySelector('[data-part="chat"]');
  list?.addEventListener("click", (event) => {
    const line = event.target.closest(".said[data-id]");
    if (line && !String(window.getSelection())) sheet.open(line.dataset.id);
  });
  list?.addEventListener("keydown", (event) => {
    // The list has the focus; its last line is the one meant.
    if (event.key !== "Enter" || event.target !== list) return;
    const last = [...list.querySelectorAll(".said[data-id]")].at(-1);
    if (last) sheet.open(last.dataset.id);
  });
  offerRoomReport(room);
}

class Pinned {
  constructor(room) {
    const words = room.words.order;
    this.name = el("strong", {});
    this.text = el("span", { class: "pinsaid__text" });
    this.spot = el("p", { class: "pinsaid", hidden: true }, icon("pin", "small"), el("span", { class: "sr-only" }, words.pinned), this.name, " ", this.text);
    room.slot("chat-top").append(this.spot);
    room.on("state", (state, before) => {
      if (before && before.pinnedMessage === state.pinnedMessage) return;
      this.show(state.pinnedMessage);
    });
  }

  show(message) {
    this.spot.hidden = !message;
    this.name.textContent = message?.name ?? "";
    this.text.textContent = message?.text ?? "";
  }
}

/** A sheet with a title and a form; `fill(body)` puts its content there. */
function sheetOf(room, title) {
  const { words } = room;
  const id = `sheet-${Math.random().toString(36).slice(2)}`;
  const heading = el("h2", { id }, title);
  const body = el("div", { class: "dialog__body stack" });
  const close = el("button", { type: "button", class: "btn btn--ghost btn--icon", dataset: { close: "" }, "aria-label": words.order.close }, icon("close"));
  const dialog = el("dialog", { class: "drawer order", "aria-labelledby": id }, el("div", { class: "dialog__head" }, heading, close), body);
  room.slot("sheets").append(dialog);
  return { dialog, heading, body };
}

class LineSheet {
  constructor(room) {
    this.room = room;
    this.words = room.words.order;
    this.tapped = null;
    Object.assign(this, sheetOf(room, this.words.message));
    room.on("entered", () => this.tapped && this.open(this.tapped));
  }

  open(id) {
    const { room } = this;
    const message = [...room.state.chat, room.state.pinnedMessage].find((one) => one?.id === id);
    const me = room.viewer;
    // Who taps before the room knows who they are is answered once it does.
    this.tapped = me ? null : id;
    if (!message || !me) return;
    if (me.guest) {
      room.toast(this.words.signIn, { tone: "info" });
      return;
    }
    this.message = message;
    this.heading.textContent = message.name;
    this.body.replaceChildren(el("p", { class: "order__said" }, message.text), ...this.choices(message, me));
    room.openSheet(this.dialog);
  }

  choices(message, me) {
    const { words } = this;
    const isOwn = message.account_id === me.viewer_id;
    const keepsOrder = (RANKS[me.role] ?? 0) > 0;
    const reaches = keepsOrder && RANKS[me.role] > (RANKS[message.role] ?? 0) && !isOwn;
    const isPinned = this.room.state.pinnedMessage?.id === message.id;
    const nodes = [];
    if (keepsOrder) {
      nodes.push(this.deed("pin", isPinned ? words.unpin : words.pin, () => this.pin(isPinned ? null : message.id)));
    }
    if (reaches || isOwn) {
      nodes.push(this.deed("trash", words.delete, () => this.send(`chat/${message.id}/hide`, { method: "POST", json: this.note() }, words.deleted)));
    }
    if (reaches) nodes.push(this.mutes(message), this.noteField(), this.block(message));
    if (!isOwn) nodes.push(this.report(message));
    return nodes;
  }

  deed(picture, label, act, tone = "") {
    return el("button", { type: "button", class: `btn btn--block ${tone}`, onclick: act }, icon(picture, "small"), label);
  }

  mutes(message) {
    const { words } = this;
    const buttons = MUTE_MINUTES.map((minutes, place) =>
      el("button", { type: "button", class: "btn grow", onclick: () => this.send("mutes", { method: "POST", json: { account_id: message.account_id, minutes, ...this.note() } }, words.muted) }, words.minutes[place]),
    );
    return el("fieldset", { class: "order__mutes" }, el("legend", {}, words.mute), el("div", { class: "row" }, ...buttons));
  }

  noteField() {
    const id = "order-note";
    this.input = el("input", { id, class: "input", maxlength: "200", autocomplete: "off" });
    return el("div", { class: "field" }, el("label", { for: id }, this.words.note), this.input);
  }

  note() {
    return { note: this.input?.isConnected ? this.input.value : "" };
  }

  block(message) {
    const { words } = this;
    return this.deed("ban", words.block, () => {
      if (!window.confirm(words.blockSure.replace("%(name)s", message.name))) return;
      this.send(`blocks/${message.account_id}`, { method: "PUT", json: this.note() }, words.blocked);
    }, "btn--danger");
  }

  report(message) {
    return reportForm(this.room, `chat/${message.id}/reports`, { longest: 200, evidence: false, done: () => this.dialog.close() });
  }

  pin(id) {
    return this.send("chat/pinned", { method: "PUT", json: { message_id: id } }, id ? this.words.pinDone : this.words.unpinDone);
  }

  async send(path, options, said) {
    try {
      await this.room.api(path, options);
      this.dialog.close();
      this.room.toast(said, { tone: "ok" });
    } catch (error) {
      this.room.toast(error.message, { tone: "bad" });
    }
  }
}

/** A report's form, folded until it is wanted where it is one thing among others. */
function reportForm(room, path, { longest, evidence, done, folded = true }) {
  const words = room.words.order;
  const options = Object.entries(words.categories).map(([value, name]) => el("option", { value }, name));
  const key = path.replaceAll("/", "-");
  const field = (name, label, control) => {
    control.id = `${key}-${name}`;
    control.name = name;
    return el("div", { class: "field" }, el("label", { for: control.id }, label), control);
  };
  const form = el(
    "form",
    { class: "form" },
    field("category", words.about, el("select", {}, ...options)),
    field("note", words.more, el("textarea", { rows: "2", maxlength: String(longest) })),
    evidence ? field("evidence_url", words.evidence, el("input", { type: "url", maxlength: "500", placeholder: "https://" })) : "",
    el("p", { class: "small muted" }, words.secret),
    el("button", { class: "btn btn--block" }, icon("flag", "small"), words.report),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await room.api(path, { method: "POST", json: Object.fromEntries(new FormData(form)) });
      form.reset();
      done();
      room.toast(words.reported, { tone: "ok" });
    } catch (error) {
      room.toast(error.message, { tone: "bad" });
    }
  });
  return folded ? el("details", { class: "order__report" }, el("summary", {}, words.report), form) : form;
}

function offerRoomReport(room) {
  const words = room.words.order;
  const { dialog, body } = sheetOf(room, words.reportRoom);
  body.append(reportForm(room, "reports", { longest: 500, evidence: true, done: () => dialog.close(), folded: false }));
  const item = el("button", { type: "button", class: "more__item" }, icon("flag"), el("span", {}, words.reportRoom));
  item.addEventListener("click", () => {
    if (room.viewer?.guest) room.toast(words.signIn, { tone: "info" });
    else room.openSheet(dialog);
  });
  room.slot("more").append(item);
}
