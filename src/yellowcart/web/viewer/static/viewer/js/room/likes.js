/* Likes: each tap is seen at once, the line adds them up; hearts never become a burden. */

import { el, icon } from "../../../base/js/dom.js";

const MOST_HEARTS = 18;
const HEARTS_OF_OTHERS = 4;
const HUES = 5;
const OWN_WINS = 3_000;

export class Likes {
  /** `parts`: button, count, layer (the hearts); `send()` tells of one more. */
  constructor({ button, count, layer }, { words, send }) {
    this.button = button;
    this.count = count;
    this.layer = layer;
    this.words = words;
    this.send = send;
    this.total = null;
    this.likedAt = -Infinity;
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    button.addEventListener("click", () => this.like());
  }

  /** One more, seen at a place of the stage or above the button. */
  like(at = this.above()) {
    this.total = (this.total ?? 0) + 1;
    this.likedAt = performance.now();
    this.button.classList.add("is-on");
    this.heart(at);
    this.draw();
    this.send();
  }

  /** What the room has in all, as the server counted. It may lag behind the finger. */
  show(total) {
    if (total < this.total && performance.now() - this.likedAt < OWN_WINS) return;
    const more = this.total === null ? 0 : total - this.total;
    this.total = total;
    for (let n = 0; n < Math.min(more, HEARTS_OF_OTHERS); n += 1) this.heart(this.above(), n * 120);
    this.draw();
  }

  draw() {
    const count = this.total ?? 0;
    const language = document.documentElement.lang;
    this.count.textContent = count ? new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(count) : "";
    this.button.setAttribute("aria-label", count ? this.words.likeCount.replace("%(count)s", count.toLocaleString(language)) : this.words.like);
  }

  /** Above the button, on the stage. */
  above() {
    const button = this.button.getBoundingClientRect();
    const stage = this.layer.getBoundingClientRect();
    const x = Math.min(Math.max(button.left + button.width / 2, stage.left + 32), stage.right - 40);
    return { x, y: Math.min(button.top, stage.bottom - 40) };
  }

  heart({ x, y }, delay = 0) {
    if (this.still.matches || document.hidden || this.layer.childElementCount >= MOST_HEARTS) return;
    const stage = this.layer.getBoundingClientRect();
    const sway = (Math.random() - 0.5) * 56;
    const node = el(
      "span",
      {
        class: `heart heart--${Math.floor(Math.random() * HUES)}`,
        style: `--x:${x - stage.left}px;--y:${y - stage.top}px;--sway:${sway}px;--turn:${sway / 3}deg;animation-delay:${delay}ms`,
      },
      icon("heart", "large"),
    );
    node.addEventListener("animationend", () => node.remove());
    this.layer.append(node);
  }
}
