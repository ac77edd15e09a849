/* Adds blank variants to a product's form. Removing is a checkbox and needs no script. */

for (const box of document.querySelectorAll("[data-variants]")) {
  const rows = box.querySelector("[data-rows]");
  const blank = box.querySelector("template[data-blank]");
  const total = box.querySelector('[name$="-TOTAL_FORMS"]');

  const addRow = () => {
    const number = Number(total.value);
    const row = blank.content.firstElementChild.cloneNode(true);
    for (const node of row.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = node.getAttribute(name);
        if (value) node.setAttribute(name, value.replaceAll("__prefix__", String(number)));
      }
    }
    row.querySelector("[data-number]").textContent = String(number + 1);
    rows.append(row);
    total.value = String(number + 1);
    row.querySelector("input:not([type=hidden], [type=checkbox])")?.focus();
  };
  box.querySelector("[data-more]").addEventListener("click", addRow);
}
