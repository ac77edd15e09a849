/* The platform's clock in the browser: an offset and a speed over the machine's own. The server
   states both; a later statement (a room's snapshot) replaces the earlier one. */

const root = document.documentElement;
let anchor = { wall: Date.now(), platform: Date.parse(root.dataset.now ?? "") || Date.now() };
let speed = Number(root.dataset.speed) || 1;

/** Milliseconds since 1970 on the platform's clock. */
export function now() {
  return anchor.platform + (Date.now() - anchor.wall) * speed;
}

/** Take over what the server says it is now. */
export function setClock(serverTime, newSpeed = speed) {
  const platform = Date.parse(serverTime);
  if (Number.isNaN(platform)) return;
  anchor = { wall: Date.now(), platform };
  speed = newSpeed || 1;
}

/** Real milliseconds until an instant of the platform's clock; negative when it is past. */
export function wallMillisecondsUntil(instant) {
  return (Date.parse(instant) - now()) / speed;
}

/** Time left as 1d 02:03:04 or 03:04; empty when it is over. */
export function leftUntil(instant, dayWord = "d") {
  const seconds = Math.ceil((Date.parse(instant) - now()) / 1000);
  if (seconds <= 0) return "";
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const clock = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  if (days) return `${days}${dayWord} ${two(hours)}:${clock}`;
  return hours ? `${two(hours)}:${clock}` : clock;
}
