/* Short messages that go by themselves; read out politely. */

const ICONS = { info: "info", ok: "check", bad: "alert", warn: "alert" };

/** Show words for a while. `tone`: info, ok, warn or bad. Returns the element. */
export function toast(words, { tone = "info", milliseconds = 6000 } = {}) {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  const node = template.content.firstElementChild.cloneNode(true);
  node.classList.add(`toast--${tone}`);
  const use = node.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[tone]}`));
  node.querySelector(".toast__words").textContent = words;
  const remove = () => {
    node.remove();
    if (!region.childElementCount) region.hidePopover?.();
  };
  node.querySelector("button").addEventListener("click", remove);
  region.append(node);
  // A popover opened last lies above any dialog that is open.
  region.hidePopover?.();
  region.showPopover?.();
  if (milliseconds) setTimeout(remove, milliseconds);
  return node;
}
