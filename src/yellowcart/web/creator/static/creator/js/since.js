/* Ticks every <time data-since>: minutes and seconds since that instant of the platform's clock. */

import { now } from "../../base/js/clock.js";

function tick() {
  for (const node of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((now() - Date.parse(node.dataset.since)) / 1000));
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (node.textContent !== text) node.textContent = text;
  }
}

tick();
setInterval(tick, 500);
