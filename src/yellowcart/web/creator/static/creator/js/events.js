/* The events of a room after which its cart, as its host sees it, is another. */

export const CART_EVENTS = new Set([
  "listing.mounted",
  "listing.unmounted",
  "cart.reordered",
  "listing.pinned",
  "cart.barred",
  "stock",
  "sold",
]);
