/* Draws every <div class="plot" data-spec="id"> from the JSON in the <script id> it names.
   Works as a module on a page and inlined in an exported file; needs window.echarts. */

function colour(name, fallback) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name}, ${fallback})`;
  document.body.append(probe);
  const shown = getComputedStyle(probe).color;
  probe.remove();
  return shown;
}

function palette() {
  return {
    closed: colour("--accent", "#ffc81a"),
    jump_out: colour("--info", "#134fae"),
    text: colour("--text-2", "#56534a"),
    line: colour("--line", "#e3e2db"),
    surface: colour("--surface", "#ffffff"),
    cut: colour("--bad", "#ad1129"),
  };
}

function amounts(currency) {
  const language = document.documentElement.lang || "en";
  const full = new Intl.NumberFormat(language, { style: "currency", currency });
  const digits = full.resolvedOptions().maximumFractionDigits;
  const short = new Intl.NumberFormat(language, {
    style: "currency", currency, notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1,
  });
  const major = (minor) => minor / 10 ** digits;
  return { full: (minor) => full.format(major(minor)), short: (minor) => short.format(major(minor)) };
}

function shared(colours) {
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !reduced,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colours.text },
    legend: { top: 0, right: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: colours.text } },
  };
}

function tooltip(colours, amount, title) {
  return {
    trigger: "axis",
    confine: true,
    axisPointer: { type: "shadow" },
    backgroundColor: colours.surface,
    borderColor: colours.line,
    textStyle: { color: colours.text },
    formatter(points) {
      const box = document.createElement("div");
      const head = document.createElement("strong");
      head.textContent = title(points[0]);
      box.append(head);
      for (const point of points) {
        const row = document.createElement("div");
        const value = Array.isArray(point.value) ? point.value[1] : point.value;
        row.append(`${point.seriesName} ${amount.full(value)}`);
        box.append(row);
      }
      return box;
    },
  };
}

/* The starts that get a label: whole days apart, or hours and minutes that divide what is longer. */
function labelled(starts, unit) {
  const most = 10;
  if (unit === "day") {
    const days = Math.max(1, Math.ceil(starts.length / most));
    return starts.filter((_, place) => (starts.length - 1 - place) % days === 0);
  }
  const [length, steps] = unit === "hour" ? [3_600_000, [1, 2, 3, 6, 12, 24]] : [60_000, [1, 5, 10, 15, 30, 60]];
  const step = steps.find((one) => starts.length / one <= most) ?? steps.at(-1);
  return starts.filter((start) => (start / length) % step === 0);
}

function overTime(spec, colours) {
  const amount = amounts(spec.currency);
  const step = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[spec.unit];
  const two = (number) => String(number).padStart(2, "0");
  const tick = (milliseconds) => {
    const wall = new Date(milliseconds);
    const day = `${wall.getUTCMonth() + 1}/${wall.getUTCDate()}`;
    return wall.getUTCHours() || wall.getUTCMinutes()
      ? `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}`
      : day;
  };
  const last = spec.starts.length - 1;
  const ticks = labelled(spec.starts, spec.unit);
  const markLine = spec.cut === null ? undefined : {
    symbol: "none",
    silent: true,
    label: { formatter: spec.cutLabel, color: colours.cut, position: "end" },
    lineStyle: { color: colours.cut, type: "dashed", width: 2 },
    data: [{ xAxis: spec.cut }],
  };
  return {
    ...shared(colours),
    useUTC: true,
    grid: { top: 48, right: 16, bottom: 8, left: 8, containLabel: true },
    tooltip: tooltip(colours, amount, (point) => spec.labels[point.dataIndex]),
    xAxis: {
      type: "time",
      min: spec.starts[0],
      max: spec.starts[last] + step,
      axisTick: { customValues: ticks },
      axisLabel: { customValues: ticks, formatter: tick, color: colours.text, hideOverlap: true },
      axisLine: { lineStyle: { color: colours.line } },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      splitNumber: 4,
      axisLabel: { formatter: amount.short, color: colours.text },
      splitLine: { lineStyle: { color: colours.line } },
    },
    series: spec.series.map((one, index) => ({
      name: one.name,
      type: "bar",
      stack: "all",
      barMaxWidth: 40,
      itemStyle: { color: colours[one.tone] },
      data: one.data.map((minor, place) => [spec.starts[place] + step / 2, minor]),
      markLine: index === 0 ? markLine : undefined,
    })),
  };
}

function stacked(spec, colours) {
  const amount = amounts(spec.currency);
  return {
    ...shared(colours),
    grid: { top: 40, right: 24, bottom: 8, left: 8, containLabel: true },
    tooltip: tooltip(colours, amount, (point) => spec.labels[point.dataIndex]),
    xAxis: {
      type: "value",
      splitNumber: 3,
      axisLabel: { formatter: amount.short, color: colours.text, hideOverlap: true },
      splitLine: { lineStyle: { color: colours.line } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: spec.labels,
      axisLabel: { color: colours.text },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
    },
    series: spec.series.map((one) => ({
      name: one.name,
      type: "bar",
      stack: "all",
      barMaxWidth: 28,
      itemStyle: { color: colours[one.tone] },
      data: one.data,
    })),
  };
}

const KINDS = { time: overTime, stacked };

function draw(element) {
  const spec = JSON.parse(document.getElementById(element.dataset.spec).textContent);
  const chart = window.echarts.getInstanceByDom(element) ?? window.echarts.init(element, null, { renderer: "svg" });
  chart.setOption(KINDS[spec.kind](spec, palette()), true);
  return chart;
}

function drawAll() {
  for (const element of document.querySelectorAll(".plot[data-spec]")) draw(element);
}

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
addEventListener("resize", () => {
  for (const element of document.querySelectorAll(".plot[data-spec]")) {
    window.echarts.getInstanceByDom(element)?.resize();
  }
});
