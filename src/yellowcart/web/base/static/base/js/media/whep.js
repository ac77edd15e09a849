/* Watch a room with sub-second latency (WHEP). No dependency. Pages use player.js, which falls
   back to HLS; this is one attempt.

   import {watch} from "./whep.js";
   const session = watch(video, {url, pass, onState});   // onState("playing" | "lost" | "absent", problem)
   await session.stats();   // {latency_ms, dropped_frames, fps, width, height, bitrate_kbps, lost_packets}
   session.stop();

   "absent": nobody publishes now; ask again later. `latency_ms` is from the server's receipt of a
   picture to its being shown here, where the browser can tell. */

const CONNECT_MS = 6000;
/** A server that sends nothing for so long is gone: it reports every second, pictures or not. */
const SILENT_MS = 4500;

export function watch(video, {url, pass, onState}) {
  const peer = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  const stream = new MediaStream();
  let location = null;
  let over = false;
  let before = null;
  let heard = {bytes: -1, at: 0};
  let listening = 0;
  const timeout = setTimeout(() => lose({code: "timeout", detail: ""}), CONNECT_MS);

  function lose(problem, state = "lost") {
    if (over) return;
    stop();
    onState(state, problem);
  }

  function stop() {
    if (over) return;
    over = true;
    clearTimeout(timeout);
    clearInterval(listening);
    peer.onconnectionstatechange = null;
    peer.close();
    removeEventListener("pagehide", stop);
    if (video.srcObject === stream) video.srcObject = null;
    if (location) {
      fetch(location, {method: "DELETE", keepalive: true}).catch(() => {});
      location = null;
    }
  }

  async function connect() {
    for (const kind of ["video", "audio"]) peer.addTransceiver(kind, {direction: "recvonly"});
    peer.ontrack = ({track}) => {
      stream.addTrack(track);
      if (video.srcObject !== stream) video.srcObject = stream;
    };
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "connected") {
        clearTimeout(timeout);
        heard = {bytes: -1, at: performance.now()};
        listening = setInterval(listen, 1500);
        onState("playing", null);
      } else if (["failed", "closed", "disconnected"].includes(peer.connectionState)) {
        lose({code: "connection", detail: ""});
      }
    };
    await peer.setLocalDescription(await peer.createOffer());
    const response = await fetch(url, {
      method: "POST", body: peer.localDescription.sdp,
      headers: {"content-type": "application/sdp", authorization: `Bearer ${pass}`},
    });
    if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      return lose({code: `http_${response.status}`, status: response.status, ...problem},
        response.status === 409 ? "absent" : "lost");
    }
    const where = new URL(response.headers.get("location"), new URL(url, document.baseURI)).href;
    const answer = await response.text();
    if (over) return void fetch(where, {method: "DELETE", keepalive: true}).catch(() => {});
    location = where;
    await peer.setRemoteDescription({type: "answer", sdp: answer});
  }

  async function listen() {
    for (const report of (await peer.getStats()).values()) {
      if (report.type !== "transport") continue;
      if (report.bytesReceived !== heard.bytes) heard = {bytes: report.bytesReceived, at: performance.now()};
      else if (performance.now() - heard.at > SILENT_MS) lose({code: "silent", detail: ""});
    }
  }

  async function stats() {
    const found = {latency_ms: null, dropped_frames: 0, fps: 0, width: 0, height: 0,
      bitrate_kbps: 0, lost_packets: 0};
    let bytes = 0;
    let at = 0;
    for (const report of (await peer.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      bytes += report.bytesReceived ?? 0;
      at = report.timestamp;
      found.lost_packets += Math.max(0, report.packetsLost ?? 0);
      if (report.kind !== "video") continue;
      found.dropped_frames = report.framesDropped ?? 0;
      found.fps = report.framesPerSecond ?? 0;
      found.width = report.frameWidth ?? 0;
      found.height = report.frameHeight ?? 0;
      // Both are the server's clock: when it got the picture that is shown now, and what that
      // clock says now, as far as its last report tells.
      if (report.estimatedPlayoutTimestamp && report.timestamp) {
        found.latency_ms = Math.round(latency(report));
      } else if (report.jitterBufferEmittedCount) {
        found.latency_ms = Math.round(1000 * report.jitterBufferDelay / report.jitterBufferEmittedCount);
      }
    }
    if (before && at > before.at) {
      found.bitrate_kbps = Math.max(0, Math.round((bytes - before.bytes) * 8 / (at - before.at)));
    }
    before = {bytes, at};
    return found;
  }

  function latency(report) {
    const age = report.timestamp - report.estimatedPlayoutTimestamp;
    // A clock that is set wrong makes nonsense of the difference: then say how long pictures wait.
    if (age >= 0 && age < 10_000) return age;
    return report.jitterBufferEmittedCount
      ? 1000 * report.jitterBufferDelay / report.jitterBufferEmittedCount : 0;
  }

  addEventListener("pagehide", stop);
  connect().catch((error) => lose({code: "network", detail: String(error)}));
  return {stop, stats, peer};
}
