// The two spaces side by side: colours, marks on neighbours, brushing, and one zoom for both.
"use strict";

// What the reader has chosen. `chosen` are circled items; `focus` is pointed at, `kept` clicked.
const state = { colour: 0, label: -1, chosen: null, focus: -1, kept: -1 };

let items = null; // what `readItems` made of page.views
let plots = [];

function readItems() {
  const views = page.views;
  const near = views.near.map(unpack);
  const labels = views.labels && { names: views.labels.names, of: unpack(views.labels.of) };
  const axes = views.axes.map(unpack);
  items = { ...views, near, labels, axes, order: unpack(views.order) };
  items.colours = [keptNeighbours(), ...views.scores.map(scoreColour)];
  if (axes.length) items.colours.push(placeColour());
  if (labels) items.colours.push(labelColour());
}

// The share of an item's neighbours in one space that are its neighbours in the other.
function keptNeighbours() {
  const values = new Float32Array(items.drawn);
  for (let item = 0; item < items.drawn; item++) {
    const b = neighbours(1, item);
    let shared = 0;
    for (const other of neighbours(0, item)) if (b.includes(other)) shared++;
    values[item] = shared / items.shown;
  }
  const name = `neighbours kept, of ${items.shown}`;
  return { name, values, scale: [0, 1], range: middle(values), better: "higher", kind: "score" };
}

function neighbours(space, item) {
  return items.near[space].subarray(item * items.shown, (item + 1) * items.shown);
}

// Unpacked when it is first looked at: a page may hold many measures.
function scoreColour(column) {
  const bounded = column.range[0] !== null && column.range[1] !== null;
  const scale = bounded ? column.range : [column.low, column.high];
  const found = { name: column.name, better: column.better, scale, kind: "score" };
  let values = null;
  Object.defineProperty(found, "values", { get: () => (values ??= unpackScores(column)) });
  let range = null;
  Object.defineProperty(found, "range", { get: () => (range ??= middle(found.values)) });
  return found;
}

// Between which values the colours run: all items but the outermost 2% at either end.
function middle(values) {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  if (!known.length) return [0, 1];
  const at = (part) => known[Math.round(part * (known.length - 1))];
  const [low, high] = at(0.02) < at(0.98) ? [at(0.02), at(0.98)] : [known[0], known.at(-1)];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

// The direction in which an item lies in a: where b shows the same colours, the spaces agree.
function placeColour() {
  const values = new Float32Array(items.drawn);
  const [x, y] = [0, 1].map((axis) => centre(items.axes[0], axis));
  for (let i = 0; i < items.drawn; i++) {
    values[i] = Math.atan2(items.axes[0][2 * i + 1] - y, items.axes[0][2 * i] - x);
  }
  return { name: "where it lies in a", values, range: [-Math.PI, Math.PI], kind: "place" };
}

function centre(axes, axis) {
  let sum = 0;
  for (let i = axis; i < axes.length; i += 2) sum += axes[i];
  return (2 * sum) / axes.length;
}

function labelColour() {
  const last = items.labels.names.length - 1;
  return { name: "label", values: Float32Array.from(items.labels.of), range: [-0.5, last + 0.5], kind: "label" };
}

// Items that the label and the circle leave, or null where they leave all.
function highlighted() {
  if (state.label < 0 && !state.chosen) return null;
  const from = state.chosen ?? Array.from({ length: items.drawn }, (_, item) => item);
  return state.label < 0 ? from : from.filter((item) => items.labels.of[item] === state.label);
}

function drawSpaces() {
  plots = [...document.querySelectorAll(".plot.space")];
  if (!plots.length) return;
  drawn(paintSpaces);
  plots.forEach(listen);
}

function paintSpaces() {
  plots.forEach((plot, space) => {
    Plotly.react(plot, [spaceTrace(space)], spaceLayout(space), settings);
  });
}

// Without WebGL the points are drawn one by one: slower, but all there.
const points = document.createElement("canvas").getContext("webgl") ? "scattergl" : "scatter";

function spaceTrace(space) {
  const shown = items.colours[state.colour];
  const axes = items.axes[space];
  return {
    type: points,
    mode: "markers",
    x: axes.filter((_, at) => at % 2 === 0),
    y: axes.filter((_, at) => at % 2 === 1),
    hoverinfo: "none",
    selectedpoints: highlighted() ?? undefined,
    marker: {
      size: items.drawn > 8000 ? 4 : 6,
      opacity: items.drawn > 8000 ? 0.75 : 0.85,
      color: shown.values,
      colorscale: ramp(shown.kind, shown.better),
      cmin: shown.range[0],
      cmax: shown.range[1],
      line: { width: 0 },
    },
    selected: { marker: { opacity: 0.95 } },
    unselected: { marker: { opacity: 0.06 } },
  };
}

function bounds(axis) {
  let [low, high] = [Infinity, -Infinity];
  for (const axes of items.axes) {
    for (let i = axis; i < axes.length; i += 2) {
      low = Math.min(low, axes[i]);
      high = Math.max(high, axes[i]);
    }
  }
  const room = 0.04 * (high - low || 1);
  return [low - room, high + room];
}

let ranges = null;

function spaceLayout(space) {
  ranges ??= { x: bounds(0), y: bounds(1) };
  const axis = { showticklabels: false, zeroline: false, automargin: false };
  return layout({
    dragmode: dragging(),
    showlegend: false,
    hovermode: "closest",
    hoverdistance: 12,
    margin: { l: 4, r: 4, t: 4, b: 4 },
    xaxis: { ...axis, range: [...ranges.x] },
    yaxis: { ...axis, range: [...ranges.y], scaleanchor: "x" },
    shapes: marks()(space),
  });
}

function dragging() {
  const picked = document.querySelector('input[name="drag"]:checked');
  return picked?.value || false;
}

// Rings on the item in focus, and what became of its neighbours, as in the key.
function marks() {
  const item = focused();
  if (item < 0) return () => [];
  const { kept, lost, gained } = compareLists(item);
  return (space) => [
    ...kept.flatMap((other) => mark(space, other, "circle", 5, "kept")),
    ...lost.flatMap((other) => mark(space, other, "rect", 5, "lost")),
    ...gained.flatMap((other) => mark(space, other, "path", 6, "gained")),
    ...mark(space, item, "circle", 9, "text"),
  ];
}

function mark(space, item, type, size, ink) {
  if (item >= items.drawn) return [];
  const place = {
    xanchor: items.axes[space][2 * item],
    yanchor: items.axes[space][2 * item + 1],
    xsizemode: "pixel",
    ysizemode: "pixel",
  };
  const outline =
    type === "path"
      ? { path: `M ${-size} ${-size} L ${size} ${-size} L 0 ${size} Z` }
      : { x0: -size, x1: size, y0: -size, y1: size };
  return [{ type, ...place, ...outline, line: { color: colour(ink), width: ink === "text" ? 3 : 2.5 } }];
}

function focused() {
  return state.focus >= 0 ? state.focus : state.kept;
}

function compareLists(item) {
  const [a, b] = [0, 1].map((space) => [...neighbours(space, item)]);
  return {
    a,
    b,
    kept: a.filter((other) => b.includes(other)),
    lost: a.filter((other) => !b.includes(other)),
    gained: b.filter((other) => !a.includes(other)),
  };
}

function showMarks() {
  const shapes = marks();
  plots.forEach((plot, space) => Plotly.relayout(plot, { shapes: shapes(space) }));
}

function showHighlight() {
  const left = highlighted();
  for (const plot of plots) Plotly.restyle(plot, { selectedpoints: [left] }, [0]);
}

let linking = false;
let moved = false; // whether the pointer has moved since an item was chosen: plotly points by itself

function listen(plot, space) {
  plot.on("plotly_hover", (event) => point(event.points[0].pointNumber, event.event));
  plot.on("plotly_unhover", () => point(-1));
  plot.on("plotly_click", (event) => keep(event.points[0].pointNumber));
  plot.on("plotly_selected", (event) => {
    if (!event) return;
    const chosen = event.points.map((each) => each.pointNumber);
    // Plotly would choose again by its own outline whenever it draws: ours holds in both views.
    Plotly.relayout(plot, { selections: [] }).then(() => choose(chosen));
  });
  plot.addEventListener("pointermove", () => (moved = true));
  plot.on("plotly_relayout", (change) => link(plot, plots[1 - space], change));
}

// One zoom for both, kept when the colours change: the axes are shared.
function link(plot, other, change) {
  if (linking || !("xaxis.range[0]" in change || "xaxis.range" in change)) return;
  linking = true;
  ranges = { x: [...plot.layout.xaxis.range], y: [...plot.layout.yaxis.range] };
  Plotly.relayout(other, { "xaxis.range": [...ranges.x], "yaxis.range": [...ranges.y] }).then(() => {
    linking = false;
  });
}
