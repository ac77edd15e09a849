/* Dragging the rows of a list; the arrows beside each row do the same for the keyboard. */

/** Let rows inside `box` be dragged; `save(ids)` hears the new order once a row is dropped. Rows
    have their id in `data-<key>`. */
export function arrange(box, save, key = "listing") {
  const ROW = `[data-${key}]`;
  let dragged = null;
  let before = "";

  const order = () => [...box.querySelectorAll(ROW)].map((row) => row.dataset[key]);

  box.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(ROW);
    if (!dragged) return;
    before = order().join();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset[key]);
    // The picture that is dragged is taken first; the row fades afterwards.
    requestAnimationFrame(() => dragged?.classList.add("is-dragged"));
  });

  box.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const over = event.target.closest(ROW);
    if (!over || over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    const isBelow = event.clientY > top + height / 2;
    over.parentElement.insertBefore(dragged, isBelow ? over.nextSibling : over);
  });

  box.addEventListener("drop", (event) => event.preventDefault());

  box.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    dragged = null;
    const after = order();
    if (after.join() !== before) save(after);
  });
}
