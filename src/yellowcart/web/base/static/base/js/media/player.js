/* The picture of a room in a <video>: WHEP where it gets through, else low-latency HLS.

   import {attach} from "/static/base/js/media/player.js";

   const player = attach(videoElement, {
     whepUrl, hlsUrl,             // from the room's `video.plays`; either may be missing
     pass,                        // the room pass, or a function that returns (a promise of) one
     onState: (state, detail) => …,
     onStats: (stats) => …,       // every two seconds while playing
     retry: () => true,           // asked before each new attempt; false waits for player.retry()
   });
   player.retry();                // try now, e.g. when the room says that the video is back
   player.stop();                 // state "ended"

   States: "connecting"; "playing" (frames advance); "stalled" (connected, no new frame for a
   second and a half: the creator's line or ours); "lost" (no connection; it tries again by itself
   with growing pauses: show "back in a moment"); "ended" after stop(). `detail` is {via: "whep" |
   "hls", problem}. The room's own `video` events say whether the creator is gone.

   Stats: {via, latency_ms, dropped_frames, fps, width, height, bitrate_kbps, lost_packets}.

   The element should be <video playsinline autoplay muted>: browsers start nothing with sound that
   nobody asked for; unmute on a tap. hls.js is fetched only where it is needed. */

import {watch} from "./whep.js";

const STALL_MS = 1500;
const STATS_MS = 2000;
const PAUSES_MS = [300, 1000, 2000, 4000, 8000];
/** After so many failures of WHEP in a row HLS is tried, and after so long WHEP again. */
const WHEP_TRIES = 2;
const WHEP_AGAIN_MS = 120_000;
const HLS_JS = new URL("../../../vendor/hls.light.min.mjs", import.meta.url).href;

export function attach(video, {whepUrl, hlsUrl, pass, onState = () => {}, onStats = () => {}, retry = () => true}) {
  let current = null;
  let via = "";
  let state = "";
  let over = false;
  let tries = 0;
  let whepFailures = 0;
  let hlsSince = 0;
  let timer = 0;
  let frameAt = 0;
  let frames = -1;
  let problem = null;
  let played = false;

  function say(next) {
    if (state === next || (over && next !== "ended")) return;
    state = next;
    onState(next, {via, problem});
  }

  const token = () => Promise.resolve(typeof pass === "function" ? pass() : pass);

  function again() {
    clearTimeout(timer);
    if (over || !retry()) return;
    timer = setTimeout(connect, PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]);
  }

  function lost(why) {
    problem = why;
    current?.stop();
    current = null;
    say("lost");
    again();
  }

  async function connect() {
    clearTimeout(timer);
    current?.stop();
    current = null;
    if (over) return;
    if (state !== "lost" && state !== "stalled") say("connecting");
    const granted = await token().catch(() => "");
    if (over || current) return;
    frames = -1;
    played = false;
    const hlsOnly = hlsUrl && (!whepUrl || !("RTCPeerConnection" in window)
      || (whepFailures >= WHEP_TRIES && performance.now() - hlsSince < WHEP_AGAIN_MS));
    via = hlsOnly ? "hls" : "whep";
    if (hlsOnly) {
      current = hls(video, `${hlsUrl}${hlsUrl.includes("?") ? "&" : "?"}pass=${encodeURIComponent(granted)}`, lost);
      return;
    }
    const mine = watch(video, {url: whepUrl, pass: granted, onState: (next, why) => {
      if (mine !== current) return;
      if (next === "playing") return start();
      // Only what never played speaks against this way; a line that breaks off does not.
      if (next === "lost" && !played && !["pass_expired", "may_not_watch", "media_away"].includes(why?.code)) {
        whepFailures += 1;
        hlsSince = performance.now();
      }
      lost(why);
    }});
    current = mine;
  }

  function start() {
    video.play()?.catch(() => {});
  }

  function advanced() {
    const shown = video.getVideoPlaybackQuality?.().totalVideoFrames ?? video.currentTime;
    const moved = shown !== frames && video.readyState >= 2;
    frames = shown;
    return moved;
  }

  const looking = setInterval(() => {
    const now = performance.now();
    if (!current) return;
    if (advanced()) {
      frameAt = now;
      tries = 0;
      problem = null;
      played = true;
      if (via === "whep") whepFailures = 0;
      say("playing");
    } else if (state === "playing" && now - frameAt > STALL_MS && !video.paused && !document.hidden) {
      say("stalled");
    }
  }, 250);

  const telling = setInterval(async () => {
    if (!current || state !== "playing") return;
    const found = await current.stats().catch(() => null);
    if (found && !over) onStats({via, ...found});
  }, STATS_MS);

  function stop() {
    if (over) return;
    over = true;
    clearTimeout(timer);
    clearInterval(looking);
    clearInterval(telling);
    current?.stop();
    current = null;
    say("ended");
  }

  connect();
  return {
    stop,
    retry() { if (!over && state !== "playing") { tries = 0; connect(); } },
    get state() { return state; },
    get via() { return via; },
  };
}

/** One attempt over HLS: hls.js where the browser lets it, else what the browser has itself. */
function hls(video, url, lost) {
  let player = null;
  let over = false;

  function native() {
    video.src = url;
    video.onerror = () => fail({code: "hls", detail: video.error?.message ?? ""});
    video.play()?.catch(() => {});
  }

  function fail(problem) {
    if (over) return;
    stop();
    lost(problem);
  }

  function stop() {
    if (over) return;
    over = true;
    player?.destroy();
    player = null;
    video.onerror = null;
    if (!video.srcObject) {
      video.removeAttribute("src");
      video.load();
    }
  }

  async function begin() {
    if (!("MediaSource" in window) && !("ManagedMediaSource" in window)) return native();
    const Hls = await library();
    if (over) return;
    if (!Hls.isSupported()) return native();
    player = new Hls({lowLatencyMode: true, enableWorker: false, backBufferLength: 10, maxLiveSyncPlaybackRate: 1.2});
    player.on(Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && player) return player.recoverMediaError();
      fail({code: data.response?.code === 403 ? "may_not_watch" : "hls", detail: data.details});
    });
    player.on(Hls.Events.MANIFEST_PARSED, () => video.play()?.catch(() => {}));
    player.loadSource(url);
    player.attachMedia(video);
  }

  async function stats() {
    const quality = video.getVideoPlaybackQuality?.();
    return {
      latency_ms: player && Number.isFinite(player.latency) ? Math.round(player.latency * 1000) : null,
      dropped_frames: quality?.droppedVideoFrames ?? 0, fps: 0,
      width: video.videoWidth, height: video.videoHeight,
      bitrate_kbps: player ? Math.round(player.bandwidthEstimate / 1000) : 0, lost_packets: 0,
    };
  }

  begin().catch((error) => fail({code: "hls", detail: String(error)}));
  return {stop, stats};
}

/** hls.js, once; where it did not load it is asked for again under another name. */
let loading = null;
let asked = 0;

function library() {
  loading ??= import(asked++ ? `${HLS_JS}?again=${asked}` : HLS_JS).then((module) => module.default, (error) => {
    loading = null;
    throw error;
  });
  return loading;
}
