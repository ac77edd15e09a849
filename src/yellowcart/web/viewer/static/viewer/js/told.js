/* A box that says whether rooms hear of one's purchases: `data-told` holds the address. */

import { request } from "../../base/js/http.js";
import { toast } from "../../base/js/toast.js";

for (const box of document.querySelectorAll("input[data-told]")) {
  request(box.dataset.told).then(({ told }) => {
    box.checked = told;
    box.disabled = false;
  });
  box.addEventListener("change", async () => {
    try {
      await request(box.dataset.told, { method: "PUT", json: { told: box.checked } });
      toast(box.dataset.saved, { tone: "ok", milliseconds: 2500 });
    } catch (error) {
      box.checked = !box.checked;
      toast(error.message, { tone: "bad" });
    }
  });
}
