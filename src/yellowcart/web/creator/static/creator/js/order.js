/* Dragging the rows of a list; the arrows beside each row do the same for the keyboard. */

/** Let rows inside `box` be dragged; `save(ids)` hears the new order once a row is dropped. Rows
    have their id in `data-<key>`. While something in it is held, `box` has `data-held`: whoever
    renews it waits, or the row would be gone from under the hand. */
export function arrange(box, save, key = "listing") {
  const ROW = `[data-${key}]`;
  let dragged = null;
  let before = "";

  const order = () => [...box.querySelectorAll(ROW)].map((row) => row.dataset[key]);

  const hold = () => (box.dataset.held = "");
  // A browser cancels the pointer once it drags.
  const letGo = () => dragged ?? delete box.dataset.held;

  box.addEventListener("pointerdown", hold);
  window.addEventListener("pointerup", letGo);
  window.addEventListener("pointercancel", letGo);

  box.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(ROW);
    if (!dragged) return;
    hold();
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
    letGo();
    const after = order();
    if (after.join() !== before) save(after);
  });
}
