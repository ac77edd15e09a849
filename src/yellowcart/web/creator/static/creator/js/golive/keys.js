/* OBS's side of the panel: a stream key, shown once, made anew or revoked. */

import { request } from "../../../base/js/http.js";
import { toast } from "../../../base/js/toast.js";
import { filled } from "./line.js";

/** Watch over the pane; `changed` is called when a key was made or revoked. */
export function keyPane(root, words, time, changed) {
  const roomId = root.dataset.golive;
  const list = root.querySelector("[data-golive-points]");
  const template = root.querySelector("[data-golive-point]");
  const said = root.querySelector("[data-golive-key]");
  const make = root.querySelector("[data-golive-make]");
  const revoke = root.querySelector("[data-golive-revoke]");
  let key = null;
  let shown = "";

  make.addEventListener("click", async () => {
    if (key && !window.confirm(words.anotherAsk)) return;
    await busy(make, async () => {
      const made = await request(`/api/v1/media/rooms/${roomId}/keys`, { method: "POST", json: { purpose: "studio" } });
      shown = made.key_id;
      // What most people paste into OBS comes first.
      list.replaceChildren(...made.points.toReversed().flatMap(rows));
      list.hidden = false;
      list.querySelector("button").focus();
    });
  });
  revoke.addEventListener("click", async () => {
    if (!key || !window.confirm(words.revokeAsk)) return;
    await busy(revoke, async () => {
      await request(`/api/v1/media/keys/${key.key_id}`, { method: "DELETE" });
      toast(words.revoked, { tone: "ok" });
    });
  });

  async function busy(button, work) {
    button.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (problem) {
      toast(problem.message, { tone: "bad" });
    } finally {
      button.removeAttribute("aria-busy");
      await changed();
    }
  }

  function rows(point) {
    const whip = point.protocol === "whip";
    return [
      row(whip ? words.whip : words.server, point.url),
      row(whip ? words.bearer : words.key, point.key || words.empty),
    ];
  }

  function row(label, value) {
    const node = template.content.firstElementChild.cloneNode(true);
    const input = node.querySelector("input");
    const copy = node.querySelector("[data-copy]");
    node.querySelector("span").textContent = label;
    input.value = value;
    input.setAttribute("aria-label", label);
    copy.setAttribute("aria-label", `${words.copy}: ${label}`);
    copy.addEventListener("click", () => copied(input));
    return node;
  }

  async function copied(input) {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      document.execCommand("copy");
    }
    toast(words.copied, { tone: "ok", milliseconds: 2000 });
  }

  /** Show which key is in force. */
  return function show(keys) {
    key = keys.find((one) => one.purpose === "studio") ?? null;
    if (!key || key.key_id !== shown) {
      list.replaceChildren();
      list.hidden = true;
    }
    revoke.hidden = !key;
    make.querySelector("span").textContent = key ? words.another : words.make;
    if (!key) said.textContent = words.nokey;
    else if (key.key_id === shown) said.textContent = words.once;
    else said.textContent = filled(words.has, { prefix: key.prefix, since: time(key.made_at) });
  };
}
