/* The refund dialogue: which reasons go with what is asked for, how many pieces there are to ask
   about, and what they are worth. The server decides all of it again. */

const form = document.querySelector("[data-ask]");
if (form) {
  const reason = form.elements.reason;
  const shown = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency: form.dataset.currency,
  });
  const digits = shown.resolvedOptions().maximumFractionDigits;
  const plain = (minor) => (minor / 10 ** digits).toFixed(digits);
  const read = (text) => Math.round(Number(text.replaceAll(/[,，\s]/g, "")) * 10 ** digits);
  const touched = new WeakSet();
  const all = [...reason.options];

  function fitReasons() {
    const kind = form.elements.kind.value;
    const chosen = reason.value;
    reason.replaceChildren(...all.filter((option) => option.dataset.kinds.split(" ").includes(kind)));
    reason.value = chosen;
    if (reason.selectedIndex < 0) reason.selectedIndex = 0;
  }

  function fitLine(line, about, withAmount) {
    const worth = JSON.parse(line.dataset.worth)[about];
    const box = line.querySelector("[type=checkbox]");
    const pieces = line.querySelector("[type=number]");
    const field = line.querySelector("[data-amount]");
    const amount = field.querySelector("input");
    line.hidden = worth.length === 0;
    box.disabled = line.hidden;
    pieces.max = worth.length;
    if (Number(pieces.value) > worth.length) pieces.value = worth.length;
    const most = worth[Math.min(Math.max(Number(pieces.value), 1), worth.length) - 1] ?? 0;
    field.hidden = !withAmount;
    field.querySelector("[data-most]").textContent = shown.format(most / 10 ** digits);
    if (!touched.has(amount) || read(amount.value) > most || about === "unsent") amount.value = plain(most);
    const asked = withAmount ? read(amount.value) || 0 : most;
    return box.checked && !line.hidden ? asked : 0;
  }

  function fit() {
    fitReasons();
    const about = reason.selectedOptions[0]?.dataset.about ?? "sent";
    const isExchange = form.elements.kind.value === "exchange";
    const withAmount = about === "sent" && !isExchange;
    let total = 0;
    for (const line of form.querySelectorAll("[data-line]")) total += fitLine(line, about, withAmount);
    form.querySelector("[data-total-row]").hidden = isExchange;
    form.querySelector("[data-total]").textContent = shown.format(total / 10 ** digits);
    form.querySelector("[data-intact]").hidden = reason.value !== "no_reason";
    const pictures = form.querySelector("[data-pictures]");
    if (pictures) pictures.hidden = about === "unsent";
  }

  form.addEventListener("input", (event) => {
    if (event.target.name.startsWith("amount-")) touched.add(event.target);
    // While an amount is being written it is left alone.
    if (!event.target.name.startsWith("amount-")) fit();
  });
  form.addEventListener("change", fit);
  for (const amount of form.querySelectorAll("[data-amount] input")) {
    if ("keep" in form.dataset || amount.value !== amount.defaultValue) touched.add(amount);
  }
  fit();
}
