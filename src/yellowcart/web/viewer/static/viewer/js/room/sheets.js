/* Sheets over the room: every <dialog> of the page. The back button closes the topmost before it
   leaves the room; a drawer is pulled down by its head; the stage stays in sight and goes on. */

const FAR = 90;
const FAST = 0.5;

/** Keep the history as deep as there are open dialogs, in the order in which they opened. */
export function keepHistory() {
  const open = [];
  let depth = 0;
  let ours = 0;
  let timer = null;
  if (history.state?.sheet) history.replaceState(null, "");

  // Settled together, so that a sheet that takes another's place leaves no gap between them.
  const settle = () => {
    if (open.length < depth) {
      ours += 1;
      history.go(open.length - depth);
      depth = open.length;
    }
    for (; depth < open.length; depth += 1) history.pushState({ sheet: depth + 1 }, "");
  };
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLDialogElement)) continue;
      const place = open.indexOf(target);
      if (target.open && place < 0) open.push(target);
      if (!target.open && place >= 0) open.splice(place, 1);
    }
    clearTimeout(timer);
    timer = setTimeout(settle);
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["open"] });

  window.addEventListener("popstate", (event) => {
    if (ours) {
      ours -= 1;
      return;
    }
    depth = event.state?.sheet ?? 0;
    for (const dialog of open.slice(depth)) dialog.close();
  });
}

/** What is pulled down far or fast closes. */
export function listen(root = document) {
  root.addEventListener("pointerdown", (event) => {
    const head = event.target.closest(".drawer[open] > .dialog__head");
    if (head && !event.target.closest("button, a, input") && event.isPrimary) pull(head.parentElement, event);
  });
}

function pull(dialog, start) {
  let last = start;
  let speed = 0;
  const moved = (event) => {
    speed = (event.clientY - last.clientY) / Math.max(1, event.timeStamp - last.timeStamp);
    last = event;
    dialog.style.transition = "none";
    dialog.style.transform = `translateY(${Math.max(0, event.clientY - start.clientY)}px)`;
  };
  const ended = (event) => {
    for (const [type, fn] of [["pointermove", moved], ["pointerup", ended], ["pointercancel", ended]]) {
      window.removeEventListener(type, fn);
    }
    dialog.style.removeProperty("transition");
    dialog.style.removeProperty("transform");
    const far = event.clientY - start.clientY;
    if (event.type === "pointerup" && (far > FAR || (far > 24 && speed > FAST))) dialog.close();
  };
  window.addEventListener("pointermove", moved);
  window.addEventListener("pointerup", ended);
  window.addEventListener("pointercancel", ended);
}
