/* The line to a room: a pass, a snapshot, a socket, and finding the way back after a break. */

import { request } from "../../../base/js/http.js";

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15000;
const PASS_MARGIN = 30000;
const LIKES_EVERY = 600;
/* Close codes: the server restarts; it has all it can carry. Both say when to come back. */
const RESTARTS = 1012;
const LATER = 1013;

export class Connection {
  /** `handlers`: onSnapshot(snapshot), onEvents(events), onViewers(count), onProblem(problem),
      onClock({time, speed}), onStatus("connecting" | "live" | "broken"); and, where the page wants
      them, onCounts({likes, …}), onHere(names) of some who are here,
      onEntered(pass) and onFrame(frame). `lastSeq()` says how far the state is; `passUrl` gives
      passes, where it is not the room's own door. */
  constructor(roomId, handlers, lastSeq, passUrl = null) {
    this.base = `/api/v1/rooms/${roomId}`;
    this.passUrl = passUrl ?? `${this.base}/pass`;
    this.handlers = handlers;
    this.lastSeq = lastSeq;
    this.pass = null;
    this.entering = null;
    this.eventsUrl = null;
    this.socket = null;
    this.tries = 0;
    this.stopped = false;
    this.timer = null;
    this.likes = 0;
    this.liking = null;
  }

  /** Enter and stay: errors of the network are tried again until `stop`. */
  async start() {
    this.handlers.onStatus("connecting");
    try {
      await this.freshPass();
      if (!this.eventsUrl) await this.refresh();
      this.open();
    } catch (error) {
      if (error.status >= 400 && error.status < 500 && error.status !== 429) {
        if (error.code === "blocked_from_room") this.handlers.onStatus("out");
        else this.handlers.onProblem(error);
        return;
      }
      this.again();
    }
  }

  /** A pass that holds for a while, as a string. */
  async freshPass() {
    if (!this.passHolds()) {
      this.entering ??= request(this.passUrl, { method: "POST", json: {} }).finally(() => {
        this.entering = null;
      });
      this.pass = await this.entering;
      this.handlers.onEntered?.(this.pass);
    }
    return this.pass.pass;
  }

  /** Leave for good. */
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  /** A fresh snapshot, whatever was missed. */
  async refresh() {
    const headers = this.pass ? { Authorization: `Bearer ${this.pass.pass}` } : {};
    const snapshot = await request(this.base, { headers });
    this.eventsUrl = snapshot.events_url;
    this.handlers.onSnapshot(snapshot);
  }

  /** Say something; false where the line is down. */
  say(text) {
    return this.tell({ chat: text });
  }

  /** Send a frame; false where the line is down. */
  tell(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Like what is shown. Taps are added up and sent twice a second. */
  like(taps = 1) {
    this.likes += taps;
    this.liking ??= setTimeout(() => {
      this.liking = null;
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ like: this.likes }));
      this.likes = 0;
    }, LIKES_EVERY);
  }

  /** Try again now rather than later, as when the network is back. */
  hurry() {
    if (this.stopped || this.socket?.readyState === WebSocket.OPEN) return;
    clearTimeout(this.timer);
    this.tries = 0;
    this.timer = setTimeout(() => this.start(), Math.random() * FIRST_WAIT);
  }

  passHolds() {
    return this.pass !== null && Date.parse(this.pass.expires_at) - PASS_MARGIN > Date.now();
  }

  open() {
    if (this.stopped) return;
    const url = new URL(this.eventsUrl, window.location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("pass", this.pass.pass);
    url.searchParams.set("since", String(this.lastSeq()));
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.tries = 0;
      this.handlers.onStatus("live");
    });
    socket.addEventListener("message", (message) => this.take(JSON.parse(message.data)));
    socket.addEventListener("close", (event) => {
      if (this.socket !== socket) return;
      // A refused pass closes with a policy code; the next try asks for a new one.
      if (event.code === 1008 || event.code >= 4000) this.pass = null;
      if (event.code === RESTARTS || event.code === LATER) this.comeBack(backIn(event.reason), event.code === LATER);
      else this.again();
    });
  }

  take(frame) {
    if (frame.snapshot) this.handlers.onSnapshot(frame.snapshot);
    if (frame.events) this.handlers.onEvents(frame.events);
    if (frame.clock) this.handlers.onClock(frame.clock);
    if (frame.counts) this.handlers.onCounts?.(frame.counts);
    if (frame.here) this.handlers.onHere?.(frame.here);
    if (frame.viewers !== undefined) this.handlers.onViewers(frame.viewers);
    if (frame.error) this.handlers.onProblem(frame.error);
    this.handlers.onFrame?.(frame);
  }

  again() {
    if (this.stopped) return;
    this.handlers.onStatus("broken");
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries);
    this.tries += 1;
    // Spread out, so that a room does not come back all at once.
    this.timer = setTimeout(() => this.start(), wait * (0.5 + Math.random()));
  }

  /** Come back when the server said, which is another moment for every viewer. While it is full
      the room is looked at instead, so that it goes on. */
  comeBack(wait, full) {
    if (this.stopped) return;
    if (wait === null) {
      this.again();
      return;
    }
    this.handlers.onStatus("broken");
    this.timer = setTimeout(async () => {
      if (full) await this.refresh().catch(() => {});
      await this.start();
    }, wait);
  }
}

function backIn(reason) {
  try {
    const wait = JSON.parse(reason).back_in_ms;
    return Number.isFinite(wait) ? Math.max(0, wait) : null;
  } catch {
    return null;
  }
}
