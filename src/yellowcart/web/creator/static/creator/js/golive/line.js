/* A publisher's line as words and figures; values in, values out. */

const NONE = "–";

/** What the panel shows: the badge, its tone and the hint, from the server's line and the room. */
export function outlook(line, phase, { here }) {
  const { state } = line;
  if (state === "lost") return { badge: "lost", tone: "badge--warn", hint: "hintLost" };
  if (state === "waiting") return { badge: "waiting", tone: "badge--info", hint: "" };
  if (state !== "live") {
    return { badge: "none", tone: "", hint: phase === "live" ? "hintLiveNone" : "hintScheduledNone" };
  }
  if (phase !== "live") return { badge: "preview", tone: "badge--info", hint: "hintScheduledLive" };
  return { badge: "live", tone: "badge--live", hint: here ? "hintLiveLive" : "hintOther" };
}

/** Figures as people read them. What this browser measures itself is nearer to the truth. */
export function figures(health, mine) {
  const found = { ...health, ...known(mine) };
  return {
    bitrate: found.bitrate_kbps === undefined ? NONE : `${(found.bitrate_kbps / 1000).toFixed(2)} Mbit/s`,
    fps: found.fps === undefined ? NONE : `${Math.round(found.fps)} /s`,
    rtt: found.rtt_ms === undefined ? NONE : `${Math.round(found.rtt_ms)} ms`,
    latency: found.latency_ms === undefined ? NONE : `${(found.latency_ms / 1000).toFixed(1)} s`,
    dropped: found.dropped_frames === undefined ? NONE : String(found.dropped_frames),
    keyframe: found.keyframe_seconds === undefined ? NONE : `${found.keyframe_seconds.toFixed(1)} s`,
  };
}

function known(stats) {
  return Object.fromEntries(Object.entries(stats ?? {}).filter(([, value]) => value !== null && value !== undefined));
}

/** `{name}` places filled in. */
export function filled(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Why the camera was not given, as one of the panel's words. */
export function whyNoCamera(error) {
  if (!globalThis.isSecureContext || !navigator.mediaDevices) return "insecure";
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "missing";
  return "busy";
}
