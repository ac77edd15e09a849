/* The script's steps can be dragged; the arrows beside each do the same for the keyboard. */

import { request } from "../../base/js/http.js";
import { toast } from "../../base/js/toast.js";
import { arrange } from "./order.js";
import "./since.js";

const list = document.querySelector("[data-script]");

arrange(
  list,
  async (order) => {
    try {
      await request(`/api/v1/rooms/${list.dataset.script}/script/order`, { method: "PUT", json: { order } });
      toast(list.dataset.moved, { tone: "ok", milliseconds: 2000 });
      [...list.querySelectorAll(".count")].forEach((node, place) => (node.textContent = String(place + 1)));
    } catch (error) {
      toast(error.message, { tone: "bad" });
    }
  },
  "step",
);
