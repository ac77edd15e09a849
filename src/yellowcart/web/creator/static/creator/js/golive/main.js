/* The panel from which a host goes live: this browser's camera or screen, or a key for OBS; and how
   the line does. The page may be left only on purpose while the picture comes from it: the host's
   own "Go live" is sent without loading the page anew. */

import { request } from "../../../base/js/http.js";
import { toast } from "../../../base/js/toast.js";
import { keyPane } from "./keys.js";
import { figures, filled, outlook, whyNoCamera } from "./line.js";

const LOOK_MS = 2000;
const MEDIA = "../../../base/js/media";

const root = document.querySelector("[data-golive]");
const roomId = root.dataset.golive;
const words = root.querySelector("[data-golive-words]").dataset;
const video = root.querySelector("[data-golive-video]");
const part = (name) => root.querySelector(`[data-golive-${name}]`);
const clock = new Intl.DateTimeFormat(root.dataset.language, { hour: "2-digit", minute: "2-digit" });
const time = (instant) => clock.format(new Date(instant));
const remembered = `golive:${roomId}`;

let line = { state: "none", health: {}, advice: [], keys: [] };
let stream = null;
let session = null;
let mine = null;
let player = null;
let timer = 0;

const showKeys = keyPane(root, words, time, look);

for (const radio of root.querySelectorAll("[name=golive-from]")) {
  radio.addEventListener("change", () => {
    for (const pane of root.querySelectorAll("[data-golive-pane]")) pane.hidden = pane.dataset.golivePane !== radio.value;
  });
}
part("preview").addEventListener("click", () => capture());
part("start").addEventListener("click", start);
part("stop").addEventListener("click", stop);
for (const name of ["source", "mic", "shape"]) part(name).addEventListener("change", () => stream && capture());
window.addEventListener("beforeunload", (event) => session && event.preventDefault());
document.addEventListener("visibilitychange", () => document.hidden || look());
document.addEventListener("submit", (event) => {
  if (event.target.matches('form[action$="/live/"]')) goLive(event);
  // Whoever ends the show means to stop the picture, and is asked once.
  else if (event.target.matches('form[action$="/end/"]') && !event.defaultPrevented) stop();
});

/** Camera or screen into the preview, and into what is being sent. */
async function capture() {
  try {
    const whip = await import(`${MEDIA}/whip.js`);
    const source = part("source").value;
    const screen = source === "screen";
    const mic = part("mic").value;
    const next = await whip.capture({
      video: screen ? "screen" : "camera",
      camera: screen || source === "camera" ? undefined : source,
      audio: mic !== "none",
      microphone: mic && mic !== "none" ? mic : undefined,
      portrait: part("shape").value === "portrait",
    });
    const before = stream;
    stream = next;
    if (session) await session.replace(next);
    before?.getTracks().forEach((track) => track.stop());
    watchServer(false);
    video.srcObject = next;
    await listDevices();
    paint();
    return next;
  } catch (error) {
    toast(words[whyNoCamera(error)], { tone: "bad", milliseconds: 10_000 });
    return null;
  }
}

async function start() {
  if (session || !(stream ?? (await capture()))) return;
  part("start").setAttribute("aria-busy", "true");
  try {
    const whip = await import(`${MEDIA}/whip.js`);
    const made = await request(`/api/v1/media/rooms/${roomId}/keys`, { method: "POST", json: { purpose: "browser" } });
    const { url, key } = made.points.find((point) => point.protocol === "whip");
    session = whip.publish({
      url,
      key,
      stream,
      onState: (state, problem) => {
        if (state === "refused") {
          toast(problem.detail, { tone: "bad", milliseconds: 10_000 });
          stop();
        }
        look();
      },
      onStats: (stats) => {
        mine = stats;
        paint();
      },
    });
    if (part("source").value !== "screen") sessionStorage.setItem(remembered, "camera");
  } catch (problem) {
    toast(problem.message, { tone: "bad" });
  } finally {
    part("start").removeAttribute("aria-busy");
    paint();
  }
}

function stop() {
  sessionStorage.removeItem(remembered);
  const ending = session;
  session = null;
  mine = null;
  ending?.stop();
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  look();
}

/** Cameras and microphones have names once one of them was allowed. */
async function listDevices() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  fill(part("source"), devices, "videoinput", words.camera);
  fill(part("mic"), devices, "audioinput", words.microphone);
}

function fill(select, devices, kind, name) {
  const chosen = select.value;
  select.querySelectorAll("[data-device]").forEach((option) => option.remove());
  devices
    .filter((device) => device.kind === kind && device.deviceId && device.deviceId !== "default")
    .forEach((device, place) => {
      const option = new Option(device.label || `${name} ${place + 1}`, device.deviceId);
      option.dataset.device = "";
      select.append(option);
    });
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

/** "Go live" without leaving the page while the picture comes from it. */
async function goLive(event) {
  if (!session) return;
  event.preventDefault();
  const desk = document.querySelector("[data-desk]");
  try {
    // Before the room says so, so that the page sees no reason to load itself anew.
    if (desk) desk.dataset.phase = "live";
    await request(`/api/v1/rooms/${roomId}/live`, { method: "POST", json: {} });
    root.dataset.phase = "live";
    const text = await (await fetch(window.location.href)).text();
    const fresh = new DOMParser().parseFromString(text, "text/html");
    document.querySelector(".page-head")?.replaceWith(document.adoptNode(fresh.querySelector(".page-head")));
    paint();
  } catch (problem) {
    if (desk) desk.dataset.phase = root.dataset.phase;
    toast(problem.message, { tone: "bad", milliseconds: 10_000 });
  }
}

/** What the server says of the line, now and every two seconds while anybody looks. */
async function look() {
  clearTimeout(timer);
  try {
    line = await request(`/api/v1/media/rooms/${roomId}`);
    showKeys(line.keys);
    paint();
  } catch {
    // The page's own line says when the server is away.
  }
  if (!document.hidden) timer = setTimeout(look, LOOK_MS);
}

function paint() {
  const here = Boolean(session);
  const seen = outlook(line, root.dataset.phase, { here });
  const how = here ? words.browser : (line.protocol ?? "").toUpperCase();
  const badge = part("badge");
  badge.className = `badge ${seen.tone}`;
  say(badge, words[seen.badge]);
  const others = line.state !== "none" && !here;
  const hint = seen.hint && filled(words[seen.hint], { how, since: line.since ? time(line.since) : "" });
  say(part("hint"), hint);
  part("start").hidden = here;
  part("start").disabled = others && line.state !== "lost";
  part("preview").hidden = here || Boolean(stream);
  part("stop").hidden = !here && !stream;
  part("line").hidden = line.state !== "live" && !here;
  for (const [name, value] of Object.entries(figures(line.health, mine))) {
    root.querySelector(`[data-fact=${name}]`).textContent = value;
  }
  const advice = [...line.advice];
  if (mine?.limited === "cpu") advice.unshift({ level: "warn", text: words.cpu });
  const list = part("advice");
  if (list.dataset.said !== JSON.stringify(advice)) {
    list.dataset.said = JSON.stringify(advice);
    list.replaceChildren(
      ...advice.map(({ level, text }) => {
        const item = document.createElement("li");
        item.className = `is-${level}`;
        item.textContent = text;
        return item;
      }),
    );
  }
  watchServer(line.state === "live" && !stream);
  part("none").hidden = Boolean(stream) || Boolean(player);
}

/** Text that is read out changes only where it is another. */
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The picture that OBS sends, as viewers get it. */
async function watchServer(wanted) {
  if (!wanted) {
    player?.stop();
    player = null;
    return;
  }
  if (player) return;
  player = { stop() {} };
  try {
    const { attach } = await import(`${MEDIA}/player.js`);
    const pass = async () => (await request(`/api/v1/rooms/${roomId}/pass`, { method: "POST", json: {} })).pass;
    const play = (kind) => line.plays.find((one) => one.kind === kind)?.url;
    if (player) player = attach(video, { whepUrl: play("whep"), hlsUrl: play("hls"), pass });
  } catch {
    player = null;
  }
}

/** After a reload the camera goes on, where the browser gives it without asking. */
async function resume() {
  if (sessionStorage.getItem(remembered) !== "camera") return;
  const may = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
  if (may?.state === "granted") await start();
}

look();
resume();
