/* Lines and bars over time with uPlot, in the colours of the page and the platform's zone. */

/* A minute's bar stands around its beginning. */
const HALF_MINUTE = 30;

/** What a custom property of the design shows as here. */
export function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const shown = getComputedStyle(probe).color;
  probe.remove();
  return shown;
}

/** Labels without repeats: of figures near zero, several ticks are written alike. */
const eachOnce = (labels) => labels.map((label, place) => (label === labels[place - 1] ? "" : label));

function axis(more) {
  return {
    stroke: colour("--text-3"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    ...more,
  };
}

/** One drawing in `node`. `series`: [{label, tone, bars, scale, show(value)}], `zone` an IANA name,
    `height` in pixels. Give it data with `draw([[seconds…], [values…], …])`; it follows the width
    of its node. `marks(u)` may draw more. */
export class Lines {
  constructor(node, { series, zone, height = 180, value = String, marks }) {
    const { uPlot } = window;
    const smooth = uPlot.paths.spline();
    const bars = uPlot.paths.bars({ size: [0.8, 24], radius: 0.2 });
    const scales = { x: { time: true, range: (_u, low, high) => [low - HALF_MINUTE, high + HALF_MINUTE] }, y: { range: (_u, _low, high) => [0, Math.max(1, high) * 1.1] } };
    for (const one of series) if (one.scale) scales[one.scale] = scales.y;
    this.plot = new uPlot(
      {
        width: Math.max(120, node.clientWidth),
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
        cursor: { points: { size: 7 }, drag: { x: false, y: false } },
        legend: { show: false },
        scales,
        axes: [
          axis({ values: (_u, ticks) => ticks.map((tick) => clockTime(tick, zone)), space: 60, size: 28 }),
          axis({ values: (_u, ticks) => eachOnce(ticks.map(value)), size: 60, space: 34 }),
        ],
        series: [
          {},
          ...series.map((one) => ({
            label: one.label,
            scale: one.scale ?? "y",
            stroke: colour(one.tone),
            fill: one.bars ? colour(one.tone) : undefined,
            width: one.bars ? 0 : 2,
            points: { show: false },
            paths: one.bars ? bars : smooth,
          })),
        ],
        hooks: marks ? { draw: [marks] } : {},
      },
      [[], ...series.map(() => [])],
      node,
    );
    this.tip = document.createElement("p");
    this.tip.className = "liveplot__tip";
    node.append(this.tip);
    const shown = series.map((one) => one.show ?? value);
    this.plot.over.addEventListener("mousemove", () => {
      const { idx } = this.plot.cursor;
      if (idx === null || idx === undefined) return;
      const [times, ...values] = this.plot.data;
      this.tip.textContent = [
        clockTime(times[idx], zone),
        ...values.map((list, place) => `${series[place].label} ${shown[place](list[idx] ?? 0)}`),
      ].join(" · ");
    });
    this.plot.over.addEventListener("mouseleave", () => {
      this.tip.textContent = "";
    });
    new ResizeObserver(() => {
      this.plot.setSize({ width: Math.max(120, node.clientWidth), height });
    }).observe(node);
  }

  draw(data) {
    this.plot.setData(data);
  }
}

/** Hours and minutes of an instant in a zone. */
export function clockTime(seconds, zone) {
  return new Date(seconds * 1000).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
}

/** Formatters of a currency's minor units: whole, and short for axes. */
export function money(currency) {
  const language = document.documentElement.lang || "en";
  const full = new Intl.NumberFormat(language, { style: "currency", currency });
  const digits = full.resolvedOptions().maximumFractionDigits;
  const short = new Intl.NumberFormat(language, {
    style: "currency", currency, notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1,
  });
  const round = new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 0 });
  const major = (minor) => minor / 10 ** digits;
  return {
    full: (minor) => full.format(major(minor)),
    // Of a big sum the fractions say nothing and take room.
    big: (minor) => (Math.abs(major(minor)) >= 100_000 ? round : full).format(major(minor)),
    short: (minor) => short.format(major(minor)),
  };
}
