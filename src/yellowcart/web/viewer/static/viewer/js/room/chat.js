/* What is said, at any speed: lines are put on the page a few times a second, all that came at
   once; where more is said than can be read, a part is shown, and never without what the host, a
   moderator, the platform or the reader says. Who reads further up is left in peace. */

import { el, icon } from "../../../base/js/dom.js";

const KEPT = 200;
const PAUSE = 200;
const LINES_A_PAINT = 10;
const CROWDED = 1_000;
const NEAR_END = 48;
const HEARD_EVERY = 10_000;

export class ChatList {
  /** `parts`: list, newer (the button that leads to the end), heard (what is read out, now and
      then); `me()` gives this viewer's pass or null. */
  constructor({ list, newer, heard }, { words, me }) {
    this.list = list;
    this.newer = newer;
    this.heard = heard;
    this.words = words;
    this.me = me;
    this.messages = [];
    // What the server put on the page.
    this.known = new Set([...list.querySelectorAll("[data-id]")].map((node) => node.dataset.id));
    list.scrollTop = list.scrollHeight;
    this.paintedAt = 0;
    this.planned = false;
    this.unheard = { count: 0, last: null };
    this.atEnd = true;
    list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // The list grows and shrinks with what is around it; who is at the end stays there.
    new ResizeObserver(() => {
      if (this.atEnd) list.scrollTop = list.scrollHeight;
    }).observe(list);
    newer.addEventListener("click", () => this.toEnd());
    setInterval(() => this.tell(), HEARD_EVERY);
  }

  /** Show these messages, oldest first, when it is time to. */
  show(messages) {
    this.messages = messages;
    if (this.planned) return;
    this.planned = true;
    const wait = Math.max(0, this.paintedAt + PAUSE - performance.now());
    setTimeout(() => requestAnimationFrame(() => this.paint()), wait);
  }

  paint() {
    this.planned = false;
    const isCrowded = performance.now() - this.paintedAt < CROWDED;
    const ids = new Set(this.messages.map((message) => message.id));
    this.removeGone(ids);
    const fresh = this.messages.filter((message) => !this.known.has(message.id));
    if (!this.atEnd) {
      this.promise(fresh.length);
      return;
    }
    this.paintedAt = performance.now();
    this.known = ids;
    this.newer.hidden = true;
    if (!fresh.length) return;
    this.unheard = { count: this.unheard.count + fresh.length, last: fresh.findLast((one) => this.weighs(one)) ?? fresh.at(-1) };
    this.append((isCrowded ? this.sample(fresh) : fresh).map((message) => this.line(message)));
  }

  /** Lines that were deleted go at once; those that are merely old go when others come. */
  removeGone(ids) {
    const oldest = this.messages[0]?.id ?? "";
    for (const node of [...this.list.children]) {
      const { id } = node.dataset;
      if (id && id >= oldest && !ids.has(id)) node.remove();
    }
  }

  sample(fresh) {
    const most = fresh.filter((message) => this.weighs(message)).slice(-LINES_A_PAINT);
    const room = LINES_A_PAINT - most.length;
    const others = room ? fresh.filter((message) => !most.includes(message)).slice(-room) : [];
    return fresh.filter((message) => most.includes(message) || others.includes(message));
  }

  weighs({ role, account_id: account }) {
    return Boolean(this.words.roles[role]) || account === this.me()?.viewer_id;
  }

  append(nodes) {
    this.list.append(...nodes);
    while (this.list.childElementCount > KEPT) this.list.firstElementChild.remove();
    this.list.scrollTop = this.list.scrollHeight;
  }

  /** A line of the platform's own. */
  announce(text) {
    this.append([el("li", { class: "said said--notice" }, icon("scale", "small"), el("span", {}, text))]);
  }

  /** A quiet line that no one need read: another of them takes its place until something is said. */
  murmur(text) {
    if (!this.atEnd) return;
    const last = this.list.lastElementChild;
    const line = el("li", { class: "said said--quiet" }, text);
    if (last?.classList.contains("said--quiet")) last.replaceWith(line);
    else this.append([line]);
  }

  promise(count) {
    this.newer.hidden = !count;
    const shown = count >= KEPT ? `${KEPT}+` : count;
    this.newer.replaceChildren(icon("chevron-down", "small"), this.words.newMessages.replace("%(count)s", shown));
  }

  scrolled() {
    const { list } = this;
    const wasAtEnd = this.atEnd;
    this.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
    if (this.atEnd && !wasAtEnd) this.show(this.messages);
  }

  /** Back to what is said now. */
  toEnd() {
    this.atEnd = true;
    this.newer.hidden = true;
    this.list.focus({ preventScroll: true });
    this.list.scrollTop = this.list.scrollHeight;
    this.show(this.messages);
  }

  /** Read out how much was said and the last of it, never line by line. */
  tell() {
    const { count, last } = this.unheard;
    if (!count || document.hidden) return;
    this.unheard = { count: 0, last: null };
    this.heard.textContent = this.words.heard.replace("%(count)s", count).replace("%(name)s", last.name).replace("%(text)s", last.text);
  }

  line({ id, name, role, text, account_id: account }) {
    const badge = this.words.roles[role];
    const me = this.me();
    const isForMe = Boolean(me && !me.guest) && text.includes(`@${me.name}`);
    return el(
      "li",
      { class: `said${account === me?.viewer_id ? " said--own" : ""}${isForMe ? " said--for-me" : ""}`, dataset: { id, account, role } },
      badge ? el("span", { class: `badge ${role === "host" ? "badge--solid" : "badge--info"}` }, badge) : null,
      el("span", { class: "said__name" }, name),
      el("span", { class: "said__text" }, text),
    );
  }
}
