/* Tells the room, now and then and in one frame, which listings this viewer had before their eyes
   and which they opened. The server counts each once a minute. */

const LOOK = 2000;
const TELL_EVERY = 3;
const MOST = 30;

/** Whether a node is on the screen, not scrolled away and nothing lies over its middle. */
function isSeen(node) {
  const { left, top, width, height } = node.getBoundingClientRect();
  if (!width || !height) return false;
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return there !== null && node.contains(there);
}

export class Looks {
  /** `root` holds the listings, as `data-listing` or `data-shown-listing`; `tell(frame)` sends and
      says whether it could. */
  constructor(root, tell) {
    this.root = root;
    this.tell = tell;
    this.seen = new Set();
    this.opened = new Set();
    this.looks = 0;
    root.addEventListener("click", (event) => {
      const link = event.target.closest("a[href*='/go/']");
      if (link) this.open(link.href.match(/\/go\/([0-9a-f-]{36})/)?.[1]);
    });
    setInterval(() => this.look(), LOOK);
  }

  /** The viewer opened listings, to buy them or to leave through their links. */
  open(...ids) {
    for (const id of ids) {
      if (!id) continue;
      this.seen.add(id);
      this.opened.add(id);
    }
  }

  look() {
    if (document.visibilityState === "visible") {
      for (const node of this.root.querySelectorAll("[data-listing], [data-shown-listing]")) {
        if (isSeen(node)) this.seen.add(node.dataset.listing ?? node.dataset.shownListing);
      }
    }
    this.looks += 1;
    if (this.looks % TELL_EVERY === 0) this.say();
  }

  say() {
    if (!this.seen.size) return;
    const seen = [...this.seen].slice(0, MOST);
    const opened = [...this.opened].slice(0, MOST);
    if (!this.tell({ seen, opened })) return;
    for (const id of seen) this.seen.delete(id);
    for (const id of opened) this.opened.delete(id);
  }
}
