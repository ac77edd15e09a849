/* The screen beside the camera. The server sends all figures every two seconds over a socket that
   only a pass for them opens; this only shows them. */

import { loadAnew } from "../../base/js/anew.js";
import { leftUntil, now, setClock } from "../../base/js/clock.js";
import { el, icon } from "../../base/js/dom.js";
import { request } from "../../base/js/http.js";
import { Lines, money } from "../../insights/lines.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const CLOSED_FOR_GOOD = 4404;
const KEPT = "yellowcart-definition";

const root = document.querySelector("[data-screen]");
const { screen: roomId, zone, part } = root.dataset;
const words = document.getElementById("screen-words").dataset;
const status = document.querySelector("[data-status]");
const language = document.documentElement.lang;
const whole = new Intl.NumberFormat(language);

let figures = null;
let definition = localStorage.getItem(KEPT) ?? "paid";
let charts = null;
let alertsShown = "";

const fill = (sentence, count) => sentence.replace("{count}", count);
const percent = (bps) => (bps === null ? "–" : `${(bps / 100).toFixed(1)}%`);
const put = (name, text) => {
  root.querySelector(`[data-figure=${name}]`).textContent = text;
};
const note = (name, ...parts) => root.querySelector(`[data-note=${name}]`).replaceChildren(...parts);

/** An arrow with the change against the five minutes before; nothing where nothing is known. */
function direction({ recent, before, change_bps: change }) {
  if (change === null || recent === before) return "";
  const up = change > 0;
  return el("span", { class: up ? "dir dir--up" : "dir dir--down" }, `${up ? "▲" : "▼"} ${Math.abs(Math.round(change / 100))}%`);
}

function show() {
  const { directions, funnel } = figures;
  const main = figures.gmv[0];
  const sums = main?.[definition];
  const cash = money(figures.currency || "CNY");
  for (const node of document.querySelectorAll("[data-gmv-name]")) node.textContent = words[definition];
  root.querySelector("[data-orders-name]").textContent = words[`${definition}Orders`];
  put("online", whole.format(figures.online));
  note("online", fill(words.peak, whole.format(figures.online_peak)));
  put("gmv", cash.big(sums?.gmv_minor ?? 0));
  note("gmv", fill(words.last, cash.big(directions.placed_minor.recent)), " ", direction(directions.placed_minor));
  put("orders", whole.format(sums?.orders ?? 0));
  note("orders", fill(words.last, whole.format(directions.orders.recent)), " ", direction(directions.orders));
  put("pulse", whole.format(Math.round(directions.messages.recent / 5)));
  note("messages", direction(directions.messages));
  put("gpm", cash.full(sums?.gpm_minor ?? 0));
  put("uv", cash.full(sums?.uv_value_minor ?? 0));
  put("buyer", cash.full(sums?.per_buyer_minor ?? 0));
  note("buyers", fill(words.buyers, whole.format(sums?.buyers ?? 0)));
  put("likes", whole.format(figures.likes));
  put("gifts", whole.format(figures.gifts));
  note("coins", fill(words.coins, whole.format(figures.coins)));
  put("jumps", whole.format(figures.jumps));
  showFunnel(funnel);
  showAlerts();
  showLines(cash);
  draw(cash);
}

function showFunnel(steps) {
  const names = { entered: words.entered, seen: words.seen, opened: words.opened, orders: words.orders, paid: words.paidStep };
  root.querySelector("[data-funnel]").replaceChildren(
    ...steps.map(({ step, count, rate_bps: rate }) =>
      el(
        "li",
        { class: "funnel__step" },
        el("span", { class: "funnel__name" }, names[step]),
        el("span", { class: "funnel__count num" }, whole.format(count)),
        el("span", { class: "funnel__rate" }, funnelNote(step, rate)),
      ),
    ),
  );
}

function funnelNote(step, rate) {
  if (step === "entered") return fill(words.entries, whole.format(figures.entries));
  if (step === "seen") return rate === null ? "–" : fill(words.each, (rate / 10_000).toFixed(1));
  return percent(rate);
}

/** A screen reader is told only of what is new: the list is redrawn when it says something else. */
function showAlerts() {
  const said = JSON.stringify(figures.alerts.map(({ code, listings, until }) => [code, listings, until]));
  const list = root.querySelector("[data-alerts]");
  if (said === alertsShown) {
    figures.alerts.forEach((one, place) => {
      list.children[place].querySelector("[data-text]").textContent = one.text;
    });
    return;
  }
  alertsShown = said;
  const icons = { video_lost: "camera", provider_fails: "wallet", payments_drop: "wallet", rule_ahead: "scale", stock_low: "box" };
  list.replaceChildren(
    ...figures.alerts.map(({ code, level, text, until }) =>
      el(
        "li",
        { class: `alert alert--${level}` },
        icon(icons[code] ?? "alert"),
        el("span", { dataset: { text: "" } }, text),
        until ? el("time", { class: "alert__left countdown", datetime: until, "data-countdown": true }, leftUntil(until, "")) : null,
      ),
    ),
  );
  if (!figures.alerts.length) list.append(el("li", { class: "alert alert--calm" }, icon("check"), el("span", {}, words.calm)));
}

function showLines(cash) {
  const list = root.querySelector("[data-lines]");
  const rows = figures.listings.map((line) => {
    const share = line.minutes_left === null ? 1 : Math.min(1, line.minutes_left / 30);
    const low = line.minutes_left !== null && line.minutes_left <= 10 && line.available > 0;
    return el(
      "li",
      { class: `line${low ? " line--low" : ""}${line.pinned ? " line--pinned" : ""}` },
      el(
        "div",
        { class: "line__words" },
        el("span", { class: "line__title" }, line.title),
        el(
          "span",
          { class: "line__tags" },
          line.pinned ? el("span", { class: "badge badge--solid" }, icon("pin"), words.pinned) : null,
          line.barred ? el("span", { class: "badge badge--bad" }, icon("ban"), words.barred) : null,
          line.available === null ? el("span", { class: "badge" }, words.link) : null,
        ),
      ),
      el(
        "div",
        { class: "line__stock" },
        line.available === null
          ? el("span", { class: "muted" }, "–")
          : [
              el("span", { class: line.available > 0 ? "num" : "tone-bad" }, line.available > 0 ? fill(words.stock, whole.format(line.available)) : words.gone),
              el("span", { class: "line__bar", "aria-hidden": "true" }, el("span", { style: `inline-size:${line.available > 0 ? share * 100 : 0}%` })),
              el("span", { class: "small muted" }, `${fill(words.speed, line.pieces_a_minute)}${line.minutes_left !== null && line.available > 0 ? ` · ${fill(words.lasts, Math.round(line.minutes_left))}` : ""}`),
            ],
      ),
      el(
        "dl",
        { class: "line__counts" },
        ...[
          [words.saw, line.seen],
          [words.open, line.integration === "link" ? line.jumps : line.opened],
          [words.orders, line.orders],
          [words.paidStep, line.paid_orders],
        ].map(([name, count]) => el("div", {}, el("dt", {}, name), el("dd", { class: "num" }, whole.format(count)))),
      ),
      el("span", { class: "line__gmv num" }, line.integration === "link" ? "–" : cash.big(line[`${definition}_minor`])),
    );
  });
  list.replaceChildren(...(rows.length ? rows : [el("li", { class: "muted" }, words.none)]));
}

function draw(cash) {
  if (!window.uPlot) return;
  const { minutes } = figures;
  charts ??= {
    gmv: new Lines(root.querySelector("[data-chart=gmv]"), {
      zone,
      value: (minor) => cash.short(minor),
      series: [{ label: "GMV", tone: "--accent", bars: true, show: (minor) => cash.full(minor) }],
    }),
    crowd: new Lines(root.querySelector("[data-chart=crowd]"), {
      zone,
      value: (count) => whole.format(count),
      series: [
        { label: words.watching, tone: "--info" },
        { label: words.messages, tone: "--ok" },
      ],
    }),
  };
  const times = minutes.map((one) => Date.parse(one.minute) / 1000);
  charts.gmv.draw([times, minutes.map((one) => one[`${definition}_minor`])]);
  charts.crowd.draw([times, minutes.map((one) => one.online), minutes.map((one) => one.messages)]);
}

function choose(name) {
  definition = name;
  localStorage.setItem(KEPT, name);
  for (const button of root.querySelectorAll("[data-definition]")) {
    button.setAttribute("aria-pressed", String(button.dataset.definition === name));
  }
  if (figures) show();
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-definition]");
  if (button) choose(button.dataset.definition);
});

function take(next) {
  const begins = next !== null && figures === null;
  figures = next;
  if (next) setClock(next.at);
  root.querySelector("[data-waiting]").hidden = next !== null;
  root.querySelector("[data-body]").hidden = next === null;
  if (next?.state === "ended" || (begins && !document.querySelector("[data-lasts]"))) loadAnew();
  else if (next !== null) show();
}

/** How long the show has lasted, on the platform's clock. */
function tick() {
  const node = document.querySelector("[data-lasts]");
  if (!node || !figures) return;
  const seconds = Math.max(0, Math.floor((now() - Date.parse(figures.started_at)) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  node.textContent = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

let tries = 0;

function say(name) {
  status.hidden = name === "";
  status.textContent = words[name] ?? "";
}

async function connect() {
  try {
    const { pass } = await request(`/api/v1/rooms/${roomId}/figures/pass?shop=${part}`, { method: "POST", json: {} });
    const url = new URL(`/api/v1/rooms/${roomId}/figures`, window.location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("pass", pass);
    url.searchParams.set("lang", language.startsWith("zh") ? "zh-hans" : "en");
    const socket = new WebSocket(url);
    socket.addEventListener("message", (message) => {
      const frame = JSON.parse(message.data);
      tries = 0;
      say("");
      if (frame.figures !== undefined) take(frame.figures);
    });
    socket.addEventListener("close", (event) => {
      if (event.code !== CLOSED_FOR_GOOD) again();
    });
  } catch {
    again();
  }
}

function again() {
  say("broken");
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
  tries += 1;
  setTimeout(connect, wait * (0.5 + Math.random()));
}

choose(["placed", "paid", "net"].includes(definition) ? definition : "paid");
const first = document.getElementById("screen-figures");
if (first) take(JSON.parse(first.textContent));
setInterval(tick, 1000);
tick();
connect();
