/* Draws a report's minutes: bars of GMV, the line of who watched, and a tick for each pin. */

import { Lines, colour, money } from "../insights/lines.js";

const node = document.querySelector("[data-room-plot]");
const data = document.getElementById("room-plot");

if (node && data && window.uPlot) {
  const spec = JSON.parse(data.textContent);
  const words = document.getElementById("room-plot-words").dataset;
  const cash = money(spec.currency);
  const tones = { pin: colour("--info"), other: colour("--bad") };
  const plot = new Lines(node, {
    zone: spec.zone,
    height: 240,
    value: (minor) => cash.short(minor),
    series: [
      { label: `GMV · ${spec.label}`, tone: "--accent", bars: true, show: cash.full },
      { label: words.online, tone: "--ok", scale: "people", show: String },
    ],
    marks(u) {
      const { ctx, bbox } = u;
      const tick = (at, tone, length) => {
        const x = u.valToPos(at, "x", true);
        if (x < bbox.left || x > bbox.left + bbox.width) return;
        ctx.fillStyle = tone;
        ctx.fillRect(x - 1, bbox.top, 2 * window.devicePixelRatio, length * window.devicePixelRatio);
      };
      ctx.save();
      for (const pin of spec.pins) tick(pin.at, tones.pin, 10);
      for (const mark of spec.marks) tick(mark.at, tones.other, 18);
      ctx.restore();
    },
  });
  plot.draw([spec.times, spec.gmv, spec.online]);
}
