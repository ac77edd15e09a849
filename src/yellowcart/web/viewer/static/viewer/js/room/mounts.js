/* What is mounted in the room's slots: a line each. Every module exports `mount(room)`; what
   `room` gives, and the slots, are in web/viewer/README.md. They load after the room is on the
   page, and one that fails leaves the others alone. */

export const mounts = [
  () => import("./gifts.js"),
  () => import("./packet.js"),
  () => import("./bag.js"),
  () => import("./bullets.js"),
  () => import("./arrivals.js"),
  () => import("./moderate.js"),
  () => import("./remind.js"),
  () => import("./shares.js"),
  () => import("./questions.js"),
];
