/* Words and instants in the page's language. */

const chinese = document.documentElement.lang.startsWith("zh");

/** The words the server gave the page, by name. */
export function pageWords(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

/** A sentence that may come in both languages, as {en, zh} or as the two in order. */
export function said(text) {
  if (!text) return "";
  if (typeof text === "string") return text;
  if (Array.isArray(text)) return text[chinese ? 1 : 0] ?? "";
  return (chinese ? text.zh : text.en) ?? text.en ?? "";
}

let zone = "Asia/Shanghai";

/** The zone in which instants are shown. */
export function setZone(name) {
  zone = name;
}

/** An instant as day and time in the platform's zone. */
export function moment(instant) {
  return new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", {
    timeZone: zone,
    year: "numeric",
    month: chinese ? "long" : "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(instant));
}

/** The time of day of an instant, in the platform's zone. */
export function time(instant) {
  return new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(instant));
}
