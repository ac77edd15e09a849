/* What the modules in the room's slots are given: the room's state and events, its API, sheets. */

import { request } from "../../../base/js/http.js";
import { toast } from "../../../base/js/toast.js";

export class RoomKit {
  #listeners = new Map();

  /** `root` is the room's element; `session` the line; `words` those of the page. */
  constructor(root, { session, words, view, signInUrl, follow }) {
    this.root = root;
    this.id = root.dataset.room;
    this.words = words;
    this.signInUrl = signInUrl;
    this.follow = follow;
    this.session = session;
    this.view = view;
  }

  /** The room as it stands (state.js); null before the first snapshot. */
  get state() {
    return this.session.state;
  }

  /** What the server said of this viewer: name, role, guest, fan, can_chat, can_buy; or null. */
  get viewer() {
    return this.session.line.pass;
  }

  /** Call `fn(event, state before it)` at each numbered event of a type, or for
      "state"    fn(state, before): the state changed; at once where there is one
      "frame"    fn(frame): what came over the line, numbered or not
      "status"   fn("connecting" | "live" | "broken")
      "entered"  fn(viewer): a pass was given, also again
      Returns the function that ends it. */
  on(type, fn) {
    const own = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, own.add(fn));
    if (type === "state" && this.state) this.#call(fn, this.state, null);
    if (type === "entered" && this.viewer) this.#call(fn, this.viewer);
    return () => own.delete(fn);
  }

  /** Tell those who listen. */
  tell(type, ...values) {
    for (const fn of this.#listeners.get(type) ?? []) this.#call(fn, ...values);
  }

  #call(fn, ...values) {
    try {
      fn(...values);
    } catch (error) {
      // One module's mistake must not stop the room.
      console.error(error);
    }
  }

  /** Ask below /api/v1/rooms/{id}, or anywhere where the path begins with /. Sends the pass where
      `pass` is set. Throws Problem with words for people. */
  api(path, { pass = false, ...options } = {}) {
    const url = path.startsWith("/") ? path : `${this.session.line.base}/${path}`;
    const headers = pass ? { ...options.headers, Authorization: `Bearer ${this.viewer?.pass}` } : options.headers;
    return request(url, { ...options, headers });
  }

  /** Send a frame over the line; false where it is down. */
  send(frame) {
    return this.session.line.tell(frame);
  }

  /** The element of a slot. */
  slot(name) {
    return document.querySelector(`[data-slot="${name}"]`);
  }

  /** Open a <dialog class="drawer"> that is on the page, from below on a phone, beside the stage
      on a desktop. The back button, Escape, a pull down and [data-close] close it; the picture
      goes on. */
  openSheet(dialog) {
    if (!dialog.open) dialog.showModal();
    return dialog;
  }

  /** A line of the platform's own among what is said. */
  announce(text) {
    this.view.announce(text);
  }

  toast(text, options) {
    return toast(text, options);
  }
}
