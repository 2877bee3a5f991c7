// Charts with axes, by ECharts: lines, dots, waterfall. Each function takes a block's data and gives an element.

const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "circle"];
const charts = [];

function number(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, "e");
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(4)));
}

function withUnit(value, unit) {
  return number(value) + (unit === "%" ? "%" : unit ? " " + unit : "");
}

/** Draws into a new element; again when the theme or the width changes. Its name is for those who do not see it. */
function chart(name, makeOption, rows) {
  const place = element("div", { class: "chart", role: "img", "aria-label": name });
  const entry = { place, instance: null, width: 0, hidden: new Set() };
  entry.draw = () => {
    entry.instance?.dispose();
    // Names of rows break into lines where there is little room.
    if (rows) place.style.height = rows * (place.clientWidth < 480 ? 3.4 : 2.2) + 3.5 + "rem";
    entry.instance = echarts.init(place, null, { renderer: "svg" });
    entry.instance.setOption(makeOption(place.clientWidth < 480));
    entry.hidden.forEach(name => entry.instance.dispatchAction({ type: "legendUnSelect", name }));
  };
  charts.push(entry);
  redraws.push(() => { if (place.isConnected) entry.draw(); });
  new ResizeObserver(() => {
    if (!printing && place.clientWidth !== entry.width && place.clientWidth > 0) {
      entry.width = place.clientWidth;
      entry.draw();
    }
  }).observe(place);
  return entry;
}

// Paper is light. Charts are drawn as on the screen, and the style sheet scales them to the paper.
let printing = false;
let themeOnScreen;
addEventListener("beforeprint", () => {
  themeOnScreen = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  redraws.forEach(redraw => redraw());
  document.querySelectorAll(".chart svg").forEach(svg =>
    svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`));
  printing = true;
});
addEventListener("afterprint", () => {
  printing = false;
  if (themeOnScreen) document.documentElement.dataset.theme = themeOnScreen;
  else delete document.documentElement.dataset.theme;
  redraws.forEach(redraw => redraw());
});

function base() {
  const muted = colour("var(--muted)");
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 4, right: 18, top: 12, bottom: 26, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    axis: {
      axisLine: { lineStyle: { color: colour("var(--rule)") } },
      axisTick: { show: false },
      axisLabel: { color: muted, fontSize: 12, hideOverlap: true },
      nameTextStyle: { color: muted, fontSize: 12 },
      splitLine: { lineStyle: { color: colour("var(--rule)") } },
    },
    tooltip: {
      backgroundColor: colour("var(--surface)"),
      borderColor: colour("var(--rule)"),
      textStyle: { color: colour("var(--ink)") },
      confine: true,
    },
  };
}

// Logarithmic axes hold the exponents themselves, so that bands can be stacked on them.
const onScale = (axis, value) => (axis.scale === "log" ? Math.log10(value) : value);
const offScale = (axis, value) => (axis.scale === "log" ? 10 ** value : value);

/** Where a logarithmic axis has labels: at whole decades; if there are few, at 1, 2 and 5 of each, or closer. */
function exponents(low, high) {
  const every = Math.ceil((high - low) / 8);
  const at = digits => {
    const values = [];
    for (let decade = Math.floor(low); decade <= Math.ceil(high); decade++) {
      if (digits.length === 1 && decade % every !== 0) continue;
      for (const step of digits.map(Math.log10)) if (decade + step >= low && decade + step <= high) values.push(decade + step);
    }
    return values;
  };
  const choices = high - low < 2.2 ? [[1, 2, 5], [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]] : [[1]];
  return choices.map(at).find(values => values.length > 1) ?? [low, high];
}

function valueAxis(axis, shared, values, more, few = null) {
  const made = {
    type: "value",
    scale: true,
    ...shared,
    axisLabel: { ...shared.axisLabel, formatter: value => number(offScale(axis, value)) + (axis.unit === "%" ? "%" : "") },
    ...more,
  };
  if (axis.scale === "log" && values.length > 0) {
    made.min = Math.floor(values.reduce((a, b) => Math.min(a, b)) * 5) / 5;
    made.max = Math.max(made.min + 0.2, Math.ceil(values.reduce((a, b) => Math.max(a, b)) * 5) / 5);
    // Few values, as of a size that was swept, are labelled themselves.
    const customValues = few ?? exponents(made.min, made.max);
    made.axisLabel = { ...made.axisLabel, customValues };
    made.axisTick = { show: false, customValues };
  }
  return made;
}

function legend(entry, names) {
  if (names.length < 2) return null;
  return element("div", { class: "legend" }, ...names.map(name =>
    element("button", {
      type: "button", "aria-pressed": "true", "--c": engineColour(name),
      onclick: event => {
        const hide = !entry.hidden.has(name);
        if (hide) entry.hidden.add(name); else entry.hidden.delete(name);
        event.currentTarget.setAttribute("aria-pressed", String(!hide));
        entry.instance.dispatchAction({ type: hide ? "legendUnSelect" : "legendSelect", name });
      },
    }, element("i", { class: dashed(name) ? "swatch dashed" : "swatch" }), name)));
}

function block(kind, wide, title, unit, note, ...content) {
  return element("div", { class: wide ? kind + " wide" : kind },
    title ? element("h3", {}, title, unit && unit !== "%" ? element("small", {}, " " + unit) : null) : null,
    ...content,
    note ? element("p", { class: "note" }, note) : null);
}

/** The values at one x: a row for each name. */
function tooltip(data, params) {
  const rows = new Map();
  for (const item of params) {
    const line = data.lines[item.seriesIndex];
    if (!line || !item.value) continue;
    const name = line.engine ?? line.name;
    const row = rows.get(name) ?? {};
    row[line.style === "raw" ? "raw" : "plain"] = offScale(data.y, item.value[1]);
    rows.set(name, row);
  }
  const x = params.length ? offScale(data.x, params[0].axisValue) : 0;
  return element("div", { class: "tip" },
    element("div", { class: "pale" }, `${data.x.name} ${data.x.unit === "s" ? x.toFixed(1) : number(x)}`),
    element("table", {}, ...[...rows].map(([name, row]) => element("tr", {},
      element("td", {}, engineLabel(name)),
      element("td", {}, row.plain === undefined ? "" : withUnit(row.plain, data.y.unit)),
      row.raw === undefined ? null : element("td", { class: "pale" }, withUnit(row.raw, data.y.unit))))));
}

/** The names of lines, each once: a line and its moving mean share one. */
function lineNames(data) {
  return [...new Set(data.lines.map(line => line.engine ?? line.name))];
}

/** Lines over a common axis, with a band behind them if there is one. */
function lines(data) {
  const entry = chart(data.title, narrow => linesOption(data, narrow));
  const band = data.band ? ` Grey: ${data.band.name}.` : "";
  return block("lines", data.wide, data.title, data.y.unit, ((data.note ?? "") + band).trim(), legend(entry, lineNames(data)), entry.place);
}

function linesOption(data, narrow) {
  const ys = [
    ...data.lines.flatMap(line => line.points.map(point => onScale(data.y, point[1]))),
    ...(data.band?.points ?? []).flatMap(point => [onScale(data.y, point[1]), onScale(data.y, point[2])]),
  ].filter(Number.isFinite);
  const shared = base();
  const series = data.lines.map(line => {
    const name = line.engine ?? line.name;
    const paint = colour(engineColour(line.engine));
    const place = Math.max(0, REPORT.engines.indexOf(line.engine));
    const marked = line.style === "marked";
    return {
      type: "line", name, color: paint, z: line.style === "raw" ? 2 : 3,
      data: line.points.map(([x, y]) => [onScale(data.x, x), onScale(data.y, y)]).filter(point => Number.isFinite(point[1])),
      step: line.style === "steps" ? "end" : false,
      showSymbol: marked || line.points.length === 1, symbol: SYMBOLS[place % COLOURS], symbolSize: 8,
      lineStyle: {
        width: line.style === "raw" ? 0.7 : 2, opacity: line.style === "raw" ? 0.28 : 0.95,
        type: dashed(line.engine) ? "dashed" : "solid",
      },
      emphasis: { disabled: true },
    };
  });
  if (data.level !== null && series.length > 0) {
    series[0].markLine = {
      silent: true, symbol: "none", data: [{ yAxis: onScale(data.y, data.level) }],
      label: { formatter: withUnit(data.level, data.y.unit), position: "insideEndTop", color: colour("var(--muted)") },
      lineStyle: { color: colour("var(--muted)"), type: "dotted" },
    };
  }
  if (data.band) {
    // ECharts stacks the first dimension of the data: y stands before x.
    const invisible = { type: "line", stack: "band", stackStrategy: "all", silent: true, symbol: "none",
      encode: { x: 1, y: 0 },
      lineStyle: { opacity: 0 }, z: 1, tooltip: { show: false } };
    series.push({ ...invisible, data: data.band.points.map(p => [onScale(data.y, p[1]), p[0]]) });
    series.push({ ...invisible, areaStyle: { color: colour("var(--muted)"), opacity: 0.2, origin: "start" },
      data: data.band.points.map(p => [onScale(data.y, p[2]) - onScale(data.y, p[1]), p[0]]) });
  }
  const xs = data.lines.flatMap(line => line.points.map(point => onScale(data.x, point[0])));
  const epochs = data.x.name === "epoch";
  return {
    ...shared, axis: undefined, legend: { show: false, data: lineNames(data) },
    xAxis: valueAxis(data.x, shared.axis, xs, {
      name: data.x.name + (data.x.unit && data.x.name !== "seconds" ? ` (${data.x.unit})` : ""),
      nameLocation: "middle", nameGap: 26, splitLine: { show: false }, splitNumber: narrow ? 4 : 8,
      min: epochs ? undefined : 0, minInterval: data.x.unit === "s" ? 0 : 1,
      ...(epochs ? { boundaryGap: ["4%", "4%"] } : { max: data.x.max ?? "dataMax" }),
    }, [...new Set(xs)]),
    yAxis: valueAxis(data.y, shared.axis, ys, {
      splitNumber: 5,
      // The height of memory says something only above its own zero.
      ...(data.y.unit === "MiB" ? { min: 0 } : {}),
      ...(data.level === null ? {} : { max: range => Math.max(range.max, onScale(data.y, data.level)) }),
    }),
    tooltip: { ...shared.tooltip, trigger: "axis", axisPointer: { lineStyle: { color: colour("var(--muted)") } },
      formatter: params => tooltip(data, params) },
    series,
  };
}

/** A horizontal segment of row y; with ends if it is an interval. */
function segment(from, to, y, paint, width, ends, opacity = 1) {
  return {
    type: "line", data: [[from, y], [to, y]], silent: true, z: ends ? 4 : 3, color: paint,
    symbol: ends ? "rect" : "none", symbolSize: ends ? [1.5, 11] : 0, showSymbol: true,
    lineStyle: { width, color: paint, cap: "butt", opacity },
  };
}

function rowsOption(names, unit, extent, narrow, series, formatter) {
  const shared = base();
  const margin = (extent[1] - extent[0]) * 0.06 || 1;
  return {
    ...shared, axis: undefined,
    xAxis: { type: "value", scale: true, ...shared.axis, min: extent[0] - margin, max: extent[1] + margin,
      splitNumber: narrow ? 3 : 5,
      axisLabel: { ...shared.axis.axisLabel, showMinLabel: false, showMaxLabel: false, formatter: value => withUnit(value, unit) } },
    yAxis: { type: "category", data: names, inverse: true, ...shared.axis, splitLine: { show: false },
      axisLabel: { color: colour("var(--ink)"), fontSize: narrow ? 11 : 12, lineHeight: 15, width: narrow ? 130 : 190, overflow: "break", interval: 0 } },
    tooltip: { ...shared.tooltip, trigger: "item", formatter },
    series,
  };
}

/** One row for each engine: every trial a dot, the mean a bar across, its interval a line. */
function dots(data) {
  const names = data.rows.map(row => row.engine ?? row.name);
  const all = data.rows.flatMap(row => [...row.values, row.mean, row.low ?? row.mean, row.high ?? row.mean]);
  const entry = chart(data.title ?? "One dot for each trial", narrow => rowsOption(names, data.unit, [Math.min(...all), Math.max(...all)], narrow,
    data.rows.flatMap((row, y) => {
      const paint = colour(engineColour(row.engine));
      const ink = colour("var(--ink)");
      return [
        { type: "scatter", color: paint, symbolSize: 7, itemStyle: { opacity: 0.55 }, data: row.values.map(v => [v, y]) },
        ...(row.low === null || row.high === null ? [] : [segment(row.low, row.high, y, ink, 1.5, true)]),
        // One value is its own mean.
        ...(row.values.length < 2
          ? [{ type: "scatter", color: paint, symbolSize: 11, z: 5, data: [[row.mean, y]] }]
          : [{ type: "scatter", color: ink, symbol: "rect", symbolSize: [3, 20], z: 5, data: [[row.mean, y]] }]),
      ];
    }),
    item => element("div", { class: "tip" }, `${names[item.value[1]]}: ${withUnit(item.value[0], data.unit)}`)), data.rows.length);
  return block("dots", true, data.title, "", data.note, entry.place);
}

/** From one total to another, a row for each difference, with the interval of where it ends. */
function waterfall(data) {
  const names = data.stages.map(stage => stage.name);
  const all = data.stages.flatMap(s => [s.from ?? s.to, s.to, s.low ?? s.to, s.high ?? s.to]);
  const entry = chart(data.title, narrow => {
    const [up, down, ink] = [colour("var(--up)"), colour("var(--down)"), colour("var(--ink)")];
    return rowsOption(names, data.unit, [Math.min(...all), Math.max(...all)], narrow, data.stages.flatMap((stage, y) => [
      ...(stage.from === null
        ? [{ type: "scatter", symbol: "rect", symbolSize: [4, 22], color: ink, z: 4, data: [[stage.to, y]] }]
        : [segment(stage.from, stage.to, y, stage.to >= stage.from ? up : down, 16, false, stage.decided ? 1 : 0.35),
           { type: "scatter", symbolSize: 16, itemStyle: { opacity: 0 }, data: [[(stage.from + stage.to) / 2, y]] }]),
      ...(stage.low === null || stage.high === null ? [] : [segment(stage.low, stage.high, y, ink, 1.5, true)]),
    ]), item => {
      const stage = data.stages[item.value[1]];
      const change = stage.from === null ? "" : `, ${stage.to >= stage.from ? "+" : ""}${number(stage.to - stage.from)}`;
      return element("div", { class: "tip" }, `${stage.name}: ${withUnit(stage.to, data.unit)}${change}${stage.decided ? "" : ", not decided"}`);
    });
  }, data.stages.length);
  return block("waterfall", true, data.title, "", data.note, entry.place);
}
