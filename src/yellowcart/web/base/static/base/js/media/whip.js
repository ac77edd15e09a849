/* Publish a camera, a screen or a microphone from the browser (WHIP, RFC 9725). No dependency.

   import {publish, capture} from "/static/base/js/media/whip.js";

   const stream = await capture({video: "camera" | "screen" | "none", audio: true,
                                 camera: deviceId?, microphone: deviceId?, portrait: true});
   const session = publish({
     url: "/media/whip",          // PublishPoint.url
     key: "yk_…",                 // PublishPoint.key, the stream key
     stream,                      // shown in your own <video muted> as well
     onState: (state, problem) => …,
     onStats: (stats) => …,       // every two seconds while live
   });
   await session.replace(newStream);   // another camera, without a break
   session.stop();                     // says goodbye; tracks of `stream` stay yours

   States: "connecting" → "live" → "lost" (the line broke off; it tries again by itself, with
   growing pauses) → "live" … ; "refused" (the problem's code and detail say why; it does not try
   again, but for already_publishing, which a reload causes for some seconds); "ended" after stop().

   Stats: {bitrate_kbps, fps, width, height, rtt_ms, lost_packets, dropped_frames, limited,
   encoder}; `limited` is "none", "cpu" or "bandwidth": what holds the picture's quality back. */

const STATS_MS = 2000;
/** A server that sends nothing for so long is gone; the browser itself takes far longer to say so. */
const SILENT_MS = 5000;
const PAUSES_MS = [500, 1000, 2000, 4000, 8000];
const PATIENT_WITH = new Set(["already_publishing", "media_away", "media_full"]);

/** The camera, screen and microphone as one stream. */
export async function capture({video = "camera", audio = true, camera, microphone, portrait = true} = {}) {
  const sound = audio && {
    echoCancellation: true, noiseSuppression: true, channelCount: 2,
    ...(microphone && {deviceId: {exact: microphone}}),
  };
  if (video === "screen") {
    const screen = await navigator.mediaDevices.getDisplayMedia({video: {frameRate: 30}, audio: true});
    if (!screen.getAudioTracks().length && sound) {
      const mic = await navigator.mediaDevices.getUserMedia({audio: sound});
      mic.getAudioTracks().forEach((track) => screen.addTrack(track));
    }
    return screen;
  }
  const [width, height] = portrait ? [720, 1280] : [1280, 720];
  const picture = video === "camera" && {
    width: {ideal: width}, height: {ideal: height}, frameRate: {ideal: 30},
    ...(camera ? {deviceId: {exact: camera}} : {facingMode: "user"}),
  };
  return navigator.mediaDevices.getUserMedia({video: picture, audio: sound});
}

/** Publish a stream until stop(). */
export function publish({url, key, stream, onState = () => {}, onStats = () => {}}) {
  let peer = null;
  let location = null;
  let timer = 0;
  let ticking = 0;
  let tries = 0;
  let over = false;
  let state = "";
  let current = stream;
  let before = null;
  let heard = {bytes: -1, at: 0};

  function say(next, problem = null) {
    if (state === next && !problem) return;
    state = next;
    onState(next, problem);
  }

  function again() {
    if (over) return;
    clearTimeout(timer);
    timer = setTimeout(connect, PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]);
  }

  /** The server ended it, or the line broke off: what was said with DELETE would be too late. */
  function broken() {
    location = null;
    leave();
    say("lost");
    again();
  }

  function leave() {
    clearInterval(ticking);
    if (peer) {
      peer.onconnectionstatechange = null;
      peer.close();
      peer = null;
    }
    if (location) {
      fetch(location, {method: "DELETE", keepalive: true, headers: {authorization: `Bearer ${key}`}})
        .catch(() => {});
      location = null;
    }
  }

  async function connect() {
    leave();
    if (over) return;
    if (state !== "lost") say("connecting");
    const mine = peer = new RTCPeerConnection({bundlePolicy: "max-bundle"});
    for (const track of current.getTracks()) {
      const transceiver = mine.addTransceiver(track, {direction: "sendonly", streams: [current]});
      if (track.kind === "video") prefer(transceiver);
    }
    mine.onconnectionstatechange = () => {
      if (mine !== peer) return;
      if (mine.connectionState === "connected") {
        tries = 0;
        say("live");
        before = null;
        heard = {bytes: -1, at: performance.now()};
        clearInterval(ticking);
        ticking = setInterval(() => measure(mine), STATS_MS);
      } else if (["failed", "closed", "disconnected"].includes(mine.connectionState)) {
        broken();
      }
    };
    try {
      await mine.setLocalDescription(await mine.createOffer());
      const response = await fetch(url, {
        method: "POST", body: mine.localDescription.sdp,
        headers: {"content-type": "application/sdp", authorization: `Bearer ${key}`},
      });
      if (!response.ok) return refused(await problemOf(response));
      const answer = await response.text();
      if (over || mine !== peer) return;
      location = new URL(response.headers.get("location"), new URL(url, document.baseURI)).href;
      await mine.setRemoteDescription({type: "answer", sdp: answer});
      await settle(mine);
    } catch (error) {
      if (over || mine !== peer) return;
      say("lost", {code: "network", detail: String(error)});
      again();
    }
  }

  function refused(problem) {
    leave();
    if (over) return;
    if (PATIENT_WITH.has(problem.code) || problem.status >= 500) {
      say("lost", problem);
      again();
    } else {
      over = true;
      say("refused", problem);
    }
  }

  async function measure(mine) {
    if (mine !== peer || mine.connectionState !== "connected") return;
    const found = {bitrate_kbps: 0, fps: 0, width: 0, height: 0, rtt_ms: null, lost_packets: 0,
      dropped_frames: 0, limited: "none", encoder: ""};
    let bytes = 0;
    let at = 0;
    for (const report of (await mine.getStats()).values()) {
      if (report.type === "outbound-rtp") {
        bytes += report.bytesSent;
        at = report.timestamp;
        if (report.kind === "video") {
          found.fps = report.framesPerSecond ?? 0;
          found.width = report.frameWidth ?? 0;
          found.height = report.frameHeight ?? 0;
          found.limited = report.qualityLimitationReason ?? "none";
          found.encoder = report.encoderImplementation ?? "";
          found.dropped_frames = Math.max(0, (report.framesEncoded ?? 0) - (report.framesSent ?? 0));
        }
      } else if (report.type === "transport") {
        if (report.bytesReceived !== heard.bytes) heard = {bytes: report.bytesReceived, at: performance.now()};
      } else if (report.type === "remote-inbound-rtp") {
        found.lost_packets += report.packetsLost ?? 0;
      } else if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined) {
        found.rtt_ms = Math.round(report.currentRoundTripTime * 1000);
      }
    }
    if (mine !== peer) return;
    if (performance.now() - heard.at > SILENT_MS) return void broken();
    if (before && at > before.at) {
      found.bitrate_kbps = Math.max(0, Math.round((bytes - before.bytes) * 8 / (at - before.at)));
    }
    before = {bytes, at};
    onStats(found);
  }

  async function replace(next) {
    current = next;
    if (!peer) return;
    for (const track of next.getTracks()) {
      const sender = peer.getSenders().find((each) => each.track?.kind === track.kind);
      if (!sender) return void connect();
      await sender.replaceTrack(track);
    }
  }

  function stop() {
    if (over && state !== "refused") return;
    over = true;
    clearTimeout(timer);
    removeEventListener("pagehide", stop);
    leave();
    say("ended");
  }

  addEventListener("pagehide", stop);
  connect();
  return {stop, replace, get state() { return state; }};
}

/** H.264 first: every phone decodes it in hardware, and it can be recorded as it is. */
function prefer(transceiver) {
  const known = RTCRtpSender.getCapabilities?.("video")?.codecs;
  if (!known || !transceiver.setCodecPreferences) return;
  const rank = (codec) => {
    if (codec.mimeType !== "video/H264") return codec.mimeType === "video/VP8" ? 2 : 3;
    return codec.sdpFmtpLine?.includes("packetization-mode=1") ? 0 : 1;
  };
  transceiver.setCodecPreferences([...known].sort((a, b) => rank(a) - rank(b)));
}

/** On a poor line the picture gets smaller before it stutters. */
async function settle(peer) {
  const sender = peer.getSenders().find((each) => each.track?.kind === "video");
  if (!sender) return;
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return;
  parameters.degradationPreference = "maintain-framerate";
  parameters.encodings[0].maxBitrate = 3_500_000;
  await sender.setParameters(parameters).catch(() => {});
}

async function problemOf(response) {
  const fallback = {code: `http_${response.status}`, status: response.status, detail: response.statusText};
  return {...fallback, ...await response.json().catch(() => ({}))};
}
