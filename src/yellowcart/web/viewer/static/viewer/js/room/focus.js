/** Draw a part of the page anew; what had the focus (by its data-focus) has it again. */
export function keepFocus(root, draw) {
  const key = root.contains(document.activeElement) ? document.activeElement.dataset?.focus : null;
  draw();
  if (key) root.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
