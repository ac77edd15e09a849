/** Draw a part of the page anew; what had the focus (by its data-focus) has it again. */
export function keepFocus(root, draw) {
  const key = root.contains(document.activeElement) ? document.activeElement.dataset?.focus : null;
  draw();
  focusOn(root, key);
}

/** Give what has this data-focus the focus, where there is any. */
export function focusOn(root, key) {
  if (key) root.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
