/* Copies the text of a poster; where that can't be, the text is there to be marked. */

const button = document.querySelector("[data-copy]");
const text = document.querySelector("[data-copy-text]");
button.hidden = !navigator.clipboard;
button.addEventListener("click", async () => {
  await navigator.clipboard.writeText(text.value).catch(() => text.select());
  button.classList.add("btn--ghost");
});
