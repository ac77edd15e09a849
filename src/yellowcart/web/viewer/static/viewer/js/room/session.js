/* A room as a page follows it: the line, the state it leads to, and the instant at which the cart
   flips by itself. What a page makes of it is told through hooks. */

import { now, setClock, wallMillisecondsUntil } from "../../../base/js/clock.js";
import { toast } from "../../../base/js/toast.js";
import { Connection } from "./connection.js";
import { lacksPrice } from "./linkup.js";
import * as room from "./state.js";

const LONGEST_TIMER = 60_000;
const RECHECK_SPREAD = 2_000;

export class RoomSession {
  /** `hooks`: show(state) after every change, happened(event, state) for each new event with the
      state before it, flipped(state) when verdicts ended, restarted() after a snapshot that was not the first,
      status(name) of the line; and where wanted ticked(state) when the clock alone changed the cart,
      entered(pass) and frame(frame). `passUrl` gives
      passes, where it is not the room's own door. */
  constructor(roomId, hooks, passUrl = null) {
    this.hooks = hooks;
    this.state = null;
    this.timer = null;
    this.line = new Connection(
      roomId,
      {
        onSnapshot: (snapshot) => this.restart(snapshot),
        onEvents: (events) => this.take(events),
        onViewers: (viewers) => this.state && this.put({ ...this.state, viewers }),
        onCounts: (counts) => this.state && this.put({ ...this.state, counts }),
        onProblem: (problem) => toast(problem.detail ?? problem.message, { tone: "bad" }),
        onStatus: (name) => this.hooks.status(name),
        onEntered: (pass) => this.hooks.entered?.(pass),
        onFrame: (frame) => this.hooks.frame?.(frame),
        onClock: ({ time, speed }) => {
          setClock(time, speed);
          this.plan();
        },
      },
      () => this.state?.seq ?? 0,
      passUrl,
    );
  }

  /** Enter the room; a snapshot that came with the page saves asking for one. */
  start(snapshot = null) {
    if (snapshot) {
      this.line.eventsUrl = snapshot.events_url;
      this.restart(snapshot);
    }
    this.line.start();
    window.addEventListener("online", () => this.line.hurry());
    window.addEventListener("pagehide", () => this.line.stop());
  }

  /** Ask for the room anew, not all viewers at once. */
  recheck() {
    setTimeout(() => this.line.refresh().catch(() => {}), Math.random() * RECHECK_SPREAD);
  }

  restart(snapshot) {
    if (snapshot.server_time) setClock(snapshot.server_time, snapshot.clock_speed);
    const isFirst = this.state === null;
    this.put(room.tick(now(), room.fromSnapshot(snapshot)));
    if (!isFirst) this.hooks.restarted?.();
  }

  take(events) {
    let next = this.state;
    for (const event of events) {
      if (room.missesSomething(event, next)) {
        this.line.refresh().catch(() => {});
        return;
      }
      if (event.seq <= next.seq) continue;
      this.hooks.happened(event, next);
      next = room.apply(event, next);
      if (event.type === "cart.barred" && event.restored?.length) this.recheck();
    }
    this.put(room.tick(now(), next));
  }

  put(next) {
    if (next === this.state) return;
    this.state = next;
    this.hooks.show(next);
    this.plan();
  }

  /** Flip by ourselves at the instant the next verdict ends, whether or not a frame comes. */
  plan() {
    clearTimeout(this.timer);
    const at = this.state && room.nextFlip(this.state);
    if (at === null) return;
    const wait = wallMillisecondsUntil(new Date(at).toISOString());
    this.timer = setTimeout(() => this.flip(), Math.max(0, Math.min(wait, LONGEST_TIMER)));
  }

  flip() {
    const next = room.tick(now(), this.state);
    if (next === this.state) {
      this.plan();
      return;
    }
    const verdicts = next.cart.some((item, place) => item.verdict !== this.state.cart[place]?.verdict);
    this.put(next);
    this.hooks.ticked?.(next);
    if (verdicts) this.hooks.flipped?.(next);
    if (next.cart.some((item) => item.pending || lacksPrice(item))) this.recheck();
  }
}
