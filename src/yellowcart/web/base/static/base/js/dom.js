/* Building elements from data without ever parsing it as HTML. */

/** An element with attributes and children; strings become text, null and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** One symbol of the icon sheet. */
export function icon(name, size = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", size ? `icon icon--${size}` : "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crc32(text) {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** A picture over the coloured ground that the server's `cover` tag gives the same id. */
export function cover(url, title, seed) {
  const glyph = [...(title ?? "")].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? "·";
  return el(
    "span",
    { class: `art art--${crc32(String(seed)) % 12}` },
    el("span", { class: "art__glyph", "aria-hidden": "true" }, glyph.toUpperCase()),
    url ? el("img", { src: url, alt: "", loading: "lazy", decoding: "async", "data-fallback": true }) : null,
  );
}

/** A price from {minor, currency, display}: symbol and decimals small. */
export function price(amount, size = "") {
  const parts = /^(\D*)([\d,]+)(\.\d+)?/.exec(amount.display) ?? [null, "", amount.display, ""];
  return el(
    "span",
    { class: size ? `price price--${size}` : "price" },
    el("span", { class: "price__symbol" }, parts[1]),
    parts[2],
    parts[3] && parts[3] !== ".00" ? el("span", { class: "price__minor" }, parts[3]) : null,
  );
}
