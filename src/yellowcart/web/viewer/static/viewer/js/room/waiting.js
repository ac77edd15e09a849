/* What the viewer waits for: joining and leaving the list, and what was set aside for them. */

import { now } from "../../../base/js/clock.js";
import { request } from "../../../base/js/http.js";

const URL = "/api/v1/orders/waitlist";
const LOOK = 15_000;

export class WaitList {
  /** `changed()` after every change. */
  constructor(changed) {
    this.changed = changed;
    this.rows = new Map();
    this.timer = null;
  }

  /** Ask what one waits for, and go on asking while something is waited for. */
  async load() {
    clearTimeout(this.timer);
    try {
      const { waiting } = await request(URL);
      const before = JSON.stringify([...this.rows]);
      this.rows = new Map(waiting.filter(isOpen).map((row) => [place(row.listing_id, row.sku_id), row]));
      if (before !== JSON.stringify([...this.rows])) this.changed();
    } catch {
      // Looked at again below; the order itself tells what is set aside.
    }
    if (this.rows.size) this.timer = setTimeout(() => this.load(), LOOK);
  }

  /** The row of a SKU that waits or is offered, or null. */
  of(listingId, skuId) {
    const row = this.rows.get(place(listingId, skuId));
    return row && isOpen(row) ? row : null;
  }

  /** Pieces that are set aside for this viewer now. */
  setAside(listingId, skuId) {
    const row = this.of(listingId, skuId);
    return row?.state === "offered" ? row.quantity : 0;
  }

  async join(listingId, skuId, quantity) {
    await request(URL, { method: "POST", json: { listing_id: listingId, sku_id: skuId, quantity } });
    await this.load();
  }

  async leave(row) {
    await request(`${URL}/${row.waiting_id}`, { method: "DELETE" });
    await this.load();
  }
}

const place = (listingId, skuId) => `${listingId} ${skuId}`;

function isOpen(row) {
  return row.state === "waiting" || (row.state === "offered" && Date.parse(row.offered_until) > now());
}
