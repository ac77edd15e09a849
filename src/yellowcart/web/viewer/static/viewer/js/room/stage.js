/* What a finger does on the stage: a double tap likes, a swipe up or down goes to another room. */

const TAP_PAUSE = 320;
const TAP_NEAR = 48;
const SWIPE = 96;
const SLOWEST = 700;

/** `hooks`: like({x, y}), and where swipes lead anywhere next() and previous(). */
export function listen(stage, { like, next, previous }) {
  let start = null;
  let lastTap = null;
  stage.addEventListener("pointerdown", (event) => {
    // A line of the chat has taps of its own.
    start = event.isPrimary && !event.target.closest(".said") ? event : null;
  });
  stage.addEventListener("pointerup", (event) => {
    if (!start || !event.isPrimary) return;
    const [x, y] = [event.clientX - start.clientX, event.clientY - start.clientY];
    const took = event.timeStamp - start.timeStamp;
    start = null;
    if (next && event.pointerType !== "mouse" && took < SLOWEST && Math.abs(y) > SWIPE && Math.abs(y) > 2 * Math.abs(x)) {
      if (y < 0) next();
      else previous();
      return;
    }
    if (Math.hypot(x, y) > 12) return;
    const isAgain = lastTap && event.timeStamp - lastTap.timeStamp < TAP_PAUSE && Math.hypot(event.clientX - lastTap.clientX, event.clientY - lastTap.clientY) < TAP_NEAR;
    lastTap = event;
    if (isAgain) like({ x: event.clientX, y: event.clientY });
  });
  stage.addEventListener("pointercancel", () => {
    start = null;
  });
}

/** Arrow keys go from room to room where nothing that has the focus needs them. */
export function listenKeys({ next, previous }) {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, dialog, [role=log], [tabindex='0'], summary, .scrolls")) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "ArrowDown") next();
    if (event.key === "ArrowUp") previous();
  });
}
