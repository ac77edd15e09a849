/* Behaviour every page shares, all by data attributes:
   data-open="id"      opens the <dialog> with that id
   data-close          closes the dialog it is in
   data-confirm="…"    asks before a form is sent
   data-countdown      <time> shows what is left until its datetime; data-reload then reloads
   data-copy="…"       copies the text
   data-menu           <details> that closes on Escape and on a click elsewhere
   data-fallback       <img> that goes away when it can't be loaded
   data-reveal="id"    shows what a password field holds while pressed on
   data-submit         a control that sends its form when it changes */

import { leftUntil } from "./clock.js";
import { bringBack, keep } from "./typed.js";
import { toast } from "./toast.js";

const words = document.getElementById("time-words")?.dataset ?? {};

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-open], [data-close], [data-copy], [data-reveal]");
  if (target?.dataset.open) document.getElementById(target.dataset.open)?.showModal();
  else if (target && "close" in target.dataset) target.closest("dialog")?.close();
  else if (target?.dataset.copy) {
    navigator.clipboard.writeText(target.dataset.copy).then(() => toast(words.copied, { tone: "ok", milliseconds: 2000 }));
  } else if (target?.dataset.reveal) {
    const input = document.getElementById(target.dataset.reveal);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    target.setAttribute("aria-pressed", String(!shown));
  }
  if (event.target instanceof HTMLDialogElement && event.target.matches(".dialog, .drawer")) {
    event.target.close();
  }
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (!form.hasAttribute("hx-post") && form.method === "post") {
    keep(form);
    event.submitter?.setAttribute("aria-busy", "true");
  }
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit]")) event.target.form?.requestSubmit();
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

// Errors of images don't bubble; they are caught on the way down.
document.addEventListener(
  "error",
  (event) => {
    if (event.target instanceof HTMLImageElement && "fallback" in event.target.dataset) event.target.remove();
  },
  true,
);
// Those that failed before this ran; a lazy one that has not begun keeps waiting in decode().
for (const image of document.querySelectorAll("img[data-fallback]")) {
  if (!image.naturalWidth) image.decode().catch(() => image.naturalWidth || image.remove());
}

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf ?? "";
});
document.addEventListener("htmx:sendError", () => toast(words.failed, { tone: "bad" }));
document.addEventListener("htmx:responseError", (event) => {
  let said = words.failed;
  try {
    said = JSON.parse(event.detail.xhr.responseText).detail ?? said;
  } catch {
    // An answer that is not JSON has no sentence of its own.
  }
  toast(said, { tone: "bad" });
});

function tick() {
  for (const node of document.querySelectorAll("time[data-countdown]")) {
    const left = leftUntil(node.dateTime, words.day);
    if (node.textContent !== left) node.textContent = left;
    if (!left && "reload" in node.dataset) {
      delete node.dataset.reload;
      setTimeout(() => window.location.reload(), 1500);
    }
  }
}
bringBack();
tick();
setInterval(tick, 250);

// A bar that is larger than the screen begins where the reader is.
for (const bar of document.querySelectorAll(".tabbar, .tabs")) {
  const here = bar.querySelector("[aria-current]");
  if (!here) continue;
  bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  // The console's bar stands at the side of a wide screen, and may be longer than that.
  if (here.offsetTop + here.offsetHeight > bar.clientHeight) bar.scrollTop = here.offsetTop - bar.clientHeight / 2;
}
