/* A pin travels with the picture: it appears when the viewer sees it explained. What leaves the
   cart leaves at once, and prices are never late. */

export class Pins {
  /** `behind()` gives how late the picture is, in milliseconds; `changed()` is called when a pin
      that was held back is due. */
  constructor(behind, changed) {
    this.behind = behind;
    this.changed = changed;
    this.shown = null;
    this.coming = undefined;
    this.timer = null;
    this.isFirst = true;
  }

  /** The listing to show as being explained, for a state as it stands. */
  of({ pinned, cart }) {
    const gone = this.shown && !cart.some((item) => item.listing_id === this.shown && item.state === "mounted");
    const wait = this.isFirst || gone ? 0 : this.behind();
    this.isFirst = false;
    if (pinned === this.shown || !wait) {
      clearTimeout(this.timer);
      this.coming = undefined;
      this.shown = pinned;
    } else if (pinned !== this.coming) {
      clearTimeout(this.timer);
      this.coming = pinned;
      this.timer = setTimeout(() => {
        this.coming = undefined;
        this.shown = pinned;
        this.changed();
      }, wait);
    }
    return this.shown;
  }
}
