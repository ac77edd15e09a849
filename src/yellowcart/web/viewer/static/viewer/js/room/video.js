/* The moving picture: plays what the room says there is, over the cover that is always there. The
   player and its libraries come only when there is something to play. */

import { el } from "../../../base/js/dom.js";

const CHOICE = "yellowcart.picture";
const SOUND = "yellowcart.sound";
const SOON = 1_500;
const TOO_LONG = 8_000;
const [PATIENT, LONG, TOO_LONG_NOW] = [0, 1, 2];
/** A pin is held back for no longer than this, in milliseconds. */
const MOST_BEHIND = 10_000;

export class RoomVideo {
  /** `parts`: picture, video, note, unmute, sound, saving; `pass()` gives a promise of a room pass. */
  constructor(parts, { words, pass }) {
    this.parts = parts;
    this.words = words;
    this.pass = pass;
    this.said = { state: "none", plays: [] };
    this.player = null;
    this.playing = "";
    this.latency = null;
    this.timer = null;
    this.patience = PATIENT;
    this.choice = stored(localStorage, CHOICE) ?? (navigator.connection?.saveData ? "none" : "full");
    this.listen();
  }

  listen() {
    const { video, picture, unmute, sound, saving } = this.parts;
    video.addEventListener("resize", () => {
      picture.dataset.shape = video.videoWidth > video.videoHeight ? "wide" : "tall";
    });
    // Where sound is not allowed before a tap, the picture goes without it.
    video.addEventListener("loadedmetadata", () => {
      video.play().catch(() => {
        video.muted = true;
        video.play().catch(() => {});
      });
    });
    video.addEventListener("volumechange", () => this.draw());
    unmute.addEventListener("click", () => this.hear(true));
    sound.addEventListener("click", () => this.hear(video.muted));
    for (const input of saving.querySelectorAll("input")) {
      input.checked = input.value === this.choice;
      input.addEventListener("change", () => this.choose(input.value));
    }
    const pip = document.querySelector("[data-do=pip]");
    pip.addEventListener("click", () => {
      pip.closest("dialog").close();
      video.requestPictureInPicture?.().catch(() => {});
    });
    this.pip = pip;
  }

  /** Follow what the room says of its video. */
  show(said) {
    if (said === this.said) return;
    const before = this.said;
    this.said = said;
    if (said.state === "live" && before.state !== "live") this.player?.retry();
    this.settle(key(before) !== key(said));
  }

  settle(anew = false) {
    if (this.said.state === "none" || this.said.state === "ended" || this.choice === "none") this.stop();
    else if (!this.player || anew) this.start();
    this.draw();
  }

  /** How far behind the host the picture is, in milliseconds; 0 where none plays. */
  behind() {
    if (this.playing !== "playing") return 0;
    return Math.min(MOST_BEHIND, this.latency ?? 0);
  }

  /** full, or none: chat and cart alone. Kept for the next room. */
  choose(choice) {
    this.choice = choice;
    store(localStorage, CHOICE, choice);
    for (const input of this.parts.saving.querySelectorAll("input")) input.checked = input.value === choice;
    this.settle();
  }

  hear(on) {
    const { video } = this.parts;
    video.muted = !on;
    store(sessionStorage, SOUND, on ? "on" : "off");
    if (on) video.play().catch(() => {});
  }

  async start() {
    this.stop();
    const ways = Object.fromEntries(this.said.plays.map((play) => [play.kind, play]));
    if (!ways.whep && !ways.hls) return;
    const mine = {};
    this.player = mine;
    this.latency = (ways.whep ?? ways.hls).latency_hint_ms;
    const { attach } = await import("../../../base/js/media/player.js");
    if (this.player !== mine) return;
    const { video } = this.parts;
    video.muted = stored(sessionStorage, SOUND) !== "on";
    this.player = attach(video, {
      whepUrl: ways.whep?.url,
      hlsUrl: ways.hls?.url,
      pass: this.pass,
      onState: (state) => this.became(state),
      onStats: ({ latency_ms: latency }) => {
        this.latency = latency ?? this.latency;
      },
      // While the host is away there is nothing to ask for; `show` asks when they are back.
      retry: () => this.said.state === "live",
    });
  }

  stop() {
    this.player?.stop?.();
    this.player = null;
    this.became("");
  }

  became(state) {
    if (state === "ended" || state === this.playing) return;
    this.playing = state;
    this.patience = PATIENT;
    clearTimeout(this.timer);
    this.draw();
    // What passes by itself in a moment is not worth a word.
    if (state && state !== "playing") this.timer = setTimeout(() => this.waited(), SOON);
  }

  waited() {
    this.patience = this.patience === PATIENT ? LONG : TOO_LONG_NOW;
    if (this.patience === LONG) this.timer = setTimeout(() => this.waited(), TOO_LONG - SOON);
    this.draw();
  }

  draw() {
    const { picture, video, unmute, sound, saving } = this.parts;
    const plays = this.playing === "playing";
    const is = Boolean(this.player) || this.choice === "none";
    picture.dataset.video = plays || this.playing === "stalled" ? "on" : "off";
    unmute.hidden = !plays || !video.muted || stored(sessionStorage, SOUND) === "off";
    sound.hidden = !plays;
    sound.setAttribute("aria-pressed", String(!video.muted));
    sound.querySelector("use").setAttribute("href", `${document.documentElement.dataset.icons}#${video.muted ? "volume-off" : "volume"}`);
    saving.hidden = !is || this.said.state === "none";
    this.pip.hidden = !plays || !document.pictureInPictureEnabled;
    this.note();
  }

  note() {
    const { words } = this;
    const { state } = this.said;
    const { note } = this.parts;
    const there = state === "live" || state === "lost";
    const isLong = this.patience !== PATIENT;
    let text = "";
    let action = null;
    if (there && this.choice === "none") [text, action] = [words.pictureOff, [words.showPicture, "full"]];
    else if (state === "lost" || (there && isLong && this.playing === "lost")) text = words.backSoon;
    else if (state === "ended") text = words.pictureOver;
    else if (there && isLong && this.playing === "stalled") text = words.pictureStuck;
    else if (there && isLong && this.playing === "connecting") text = words.pictureComing;
    if (text && this.patience === TOO_LONG_NOW && !action && state === "live") action = [words.withoutPicture, "none"];
    note.hidden = !text;
    if (note.dataset.text === text && note.dataset.action === (action?.[1] ?? "")) return;
    note.dataset.text = text;
    note.dataset.action = action?.[1] ?? "";
    note.replaceChildren(
      el("span", {}, text),
      action ? el("button", { type: "button", class: "btn btn--small", onclick: () => this.choose(action[1]) }, action[0]) : "",
    );
  }
}

const key = ({ plays }) => plays.map((play) => play.url).join(" ");

// Storage may be forbidden; then nothing is remembered.
function stored(storage, name) {
  try {
    return storage.getItem(name);
  } catch {
    return null;
  }
}

function store(storage, name, value) {
  try {
    storage.setItem(name, value);
  } catch {
    // As above.
  }
}
