/* Handing a room on: the system's own sheet where there is one, else the address is copied. */

/** Share a room (kit.js). `room.shareLink()` may be set to make an address of one's own. */
export async function share(room) {
  const url = (await room.shareLink?.().catch(() => null)) ?? window.location.origin + window.location.pathname;
  const { title, host } = room.state;
  if (navigator.share) {
    // Thinking better of it is no failure.
    await navigator.share({ title: `${host.name} · ${title}`, url }).catch(() => {});
    return;
  }
  try {
    await navigator.clipboard.writeText(url);
    room.toast(room.words.linkCopied, { tone: "ok", milliseconds: 3000 });
  } catch {
    room.toast(url, { milliseconds: 20_000 });
  }
}
