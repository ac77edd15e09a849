/* What was typed is not lost where the answer is a page that says why it could not be done.

   Deeds answer with another page, whose forms are empty again. What a form held is kept until the
   next page of this tab; if that page shows a refusal and has the form, it is filled again. Forms
   with passwords or keys are left alone. */

const KEY = "yellowcart-typed";

export function keep(form) {
  if (form.querySelector("[type=password]")) return;
  const typed = [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken",
  );
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ action: form.action, typed }));
  } catch {
    // No room, or not allowed: the form is empty then, as it was before.
  }
}

export function bringBack() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
  } catch {
    return;
  }
  if (!kept || !document.querySelector("[data-refused]")) return;
  const names = new Set(kept.typed.map(([name]) => name));
  const form = [...document.forms].find(
    (one) => one.action === kept.action && [...names].every((name) => one.elements[name]),
  );
  if (!form) return;
  const left = kept.typed.slice();
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || !field.matches("input, select, textarea")) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = kept.typed.some(([name, value]) => name === field.name && value === field.value);
    } else if (field.multiple) {
      for (const option of field.options ?? []) {
        option.selected = kept.typed.some(([name, value]) => name === field.name && value === option.value);
      }
    } else if (field.type !== "file") {
      const place = left.findIndex(([name]) => name === field.name);
      if (place >= 0) field.value = left.splice(place, 1)[0][1];
    }
  }
  for (let at = form.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
}
