/* A replay: the show's parts one after the other, or one explanation from its first picture to the
   last. A part is the stretch [from, until) of a video, in milliseconds; to its end where `until` is
   null. */

const HLS_JS = "../../vendor/hls.light.min.mjs";

const root = document.querySelector("[data-replay]");
const video = root.querySelector("[data-video]");
const now = root.querySelector("[data-now]");
const buttons = [...root.querySelectorAll("[data-clip]")];
const { parts, clips, first } = JSON.parse(document.getElementById("replay-data").textContent);

let queue = [];
let place = 0;
let hls = null;

for (const button of buttons) {
  button.addEventListener("click", () => {
    choose(button.dataset.clip, true);
    // On a phone the list lies below the picture.
    video.scrollIntoView({ block: "nearest" });
  });
}
video.addEventListener("timeupdate", () => {
  const part = queue[place];
  if (part?.until && !video.seeking && video.currentTime * 1000 >= part.until) next();
});
video.addEventListener("ended", next);
// Whoever drags the bar stays within what is shown: the rest of the file is not the show.
video.addEventListener("seeking", () => {
  const part = queue[place];
  if (part && video.currentTime * 1000 < part.from - 500) video.currentTime = part.from / 1000;
});

/** The explanation of this id, or the whole show. */
function choose(id, play) {
  const clip = clips.find((one) => one.id === id);
  queue = clip ? [clip] : parts;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.clip === (clip ? id : "")));
  now.textContent = (clip && buttons.find((button) => button.dataset.clip === id)?.dataset.title) || "";
  open(0, play);
}

async function open(number, play) {
  place = number;
  const part = queue[place];
  if (!part) return;
  const begin = () => {
    if (part !== queue[place]) return;
    if (part.from) video.currentTime = part.from / 1000;
    // A browser that plays nothing by itself waits for a tap.
    if (play) video.play().catch(() => {});
  };
  if (video.dataset.url === part.url && video.readyState > 0) {
    video.currentTime = part.from / 1000;
    begin();
    return;
  }
  video.dataset.url = part.url;
  video.addEventListener("loadedmetadata", begin, { once: true });
  hls?.destroy();
  hls = null;
  const isPlaylist = part.url.endsWith(".m3u8");
  if (!isPlaylist || video.canPlayType("application/vnd.apple.mpegurl")) {
    video.src = part.url;
    return;
  }
  const { default: Hls } = await import(HLS_JS);
  if (part !== queue[place]) return;
  hls = new Hls({ enableWorker: false });
  hls.loadSource(part.url);
  hls.attachMedia(video);
}

function next() {
  if (place + 1 < queue.length) open(place + 1, true);
  else video.pause();
}

choose(first, Boolean(first));
