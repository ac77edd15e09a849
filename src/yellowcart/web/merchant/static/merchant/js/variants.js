/* A product's variants: blank ones are added, and each shows only the options the product has,
   under the names it gives them. Removing one is a checkbox and needs no script. */

const OPTIONS = [1, 2, 3];

for (const box of document.querySelectorAll("[data-variants]")) {
  const rows = box.querySelector("[data-rows]");
  const blank = box.querySelector("template[data-blank]");
  const total = box.querySelector('[name$="-TOTAL_FORMS"]');
  const names = box.querySelector("[data-names]");

  const nameOf = (number) => names.querySelector(`[name="option${number}"]`).value.trim();

  /** Show an option of each variant where it has a name, or a value that would be lost. */
  const showOptions = () => {
    for (const number of OPTIONS) {
      const name = nameOf(number);
      for (const cell of rows.querySelectorAll(`[data-option="${number}"]`)) {
        cell.hidden = !name && !cell.querySelector("input").value && !cell.querySelector(".field__error");
        if (name) cell.querySelector("label").textContent = name;
      }
    }
  };

  const addRow = () => {
    const number = Number(total.value);
    const row = blank.content.firstElementChild.cloneNode(true);
    for (const node of row.querySelectorAll("*")) {
      for (const attribute of ["id", "name", "for", "aria-describedby"]) {
        const value = node.getAttribute(attribute);
        if (value) node.setAttribute(attribute, value.replaceAll("__prefix__", String(number)));
      }
    }
    row.querySelector("[data-number]").textContent = String(number + 1);
    rows.append(row);
    total.value = String(number + 1);
    showOptions();
    row.querySelector(":not([hidden]) > .field > input:not([type=hidden])")?.focus();
  };

  box.querySelector("[data-more]").addEventListener("click", addRow);
  names.addEventListener("input", showOptions);
  showOptions();
}
