#!/usr/bin/env bash
# The browser tests drive Debian's Chromium; fonts so that Chinese is drawn rather than boxed. The
# tests of the bus run against Debian's NATS; ffmpeg publishes as OBS does and reads recordings.
set -euo pipefail
have() {
  command -v chromium >/dev/null && command -v nats-server >/dev/null &&
    command -v ffmpeg >/dev/null &&
    fc-list ':lang=zh' 2>/dev/null | grep -q .
}
have && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need Chromium, a Chinese font, NATS and ffmpeg. Install them, for example:" >&2
  echo "  sudo apt-get install chromium fontconfig fonts-noto-cjk nats-server ffmpeg" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq chromium fontconfig fonts-noto-cjk nats-server ffmpeg >/dev/null
