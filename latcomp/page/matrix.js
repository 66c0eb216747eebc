// A matrix of spaces: one measure at a time as a heat map with its tree, and as a map of points.
"use strict";

const NUMBERED = 16; // rows or columns up to which every cell has its number in it
let grid = 0;

function drawMatrix() {
  const select = byId("grid");
  page.grids.forEach((each, at) => select.append(new Option(each.name, at)));
  select.addEventListener("change", () => {
    grid = Number(select.value);
    redraw();
  });
  const heat = document.querySelector('[data-plot="heat"]');
  const map = document.querySelector('[data-plot="map"]');
  drawn(() => {
    const shown = page.grids[grid];
    byId("grid-note").textContent = shown.reason ? `No tree and no map: ${shown.reason}.` : "";
    map.closest("figure").hidden = !shown.map;
    heat.style.height = `${Math.min(44, 12 + 2 * shown.rows.length)}rem`;
    Plotly.react(heat, heatTraces(shown), heatLayout(shown), settings);
    if (shown.map) Plotly.react(map, [mapTrace(shown)], mapLayout(), settings);
  });
}

function heatTraces(shown) {
  const places = shown.columns.map((_, at) => at);
  const few = Math.max(shown.rows.length, shown.columns.length) <= NUMBERED;
  const names = shown.rows.map((row) => shown.columns.map((column) => `${plain(row)} and ${plain(column)}`));
  const cells = {
    type: "heatmap",
    z: shown.values,
    x: places,
    y: shown.rows.map((_, at) => at),
    text: names,
    colorscale: "Viridis",
    reversescale: shown.better === "lower",
    texttemplate: few ? "%{z:.2f}" : "",
    hovertemplate: "%{text}: %{z:.3f}<extra></extra>",
    hoverongaps: false,
    xgap: 1,
    ygap: 1,
    colorbar: { thickness: 12, title: { text: `${shown.better} is more alike`, side: "right" } },
  };
  const tree = (shown.tree ?? []).map(([x, y]) => ({
    x,
    y,
    yaxis: "y2",
    mode: "lines",
    line: { color: colour("faint"), width: 1.5 },
    hoverinfo: "skip",
    showlegend: false,
  }));
  return [cells, ...tree];
}

function heatLayout(shown) {
  const flat = { showgrid: false, zeroline: false, fixedrange: true, ticks: "" };
  const named = (names) => ({
    ...flat,
    tickvals: names.map((_, at) => at),
    ticktext: names.map((name) => plain(name.length > 24 ? `${name.slice(0, 23)}…` : name)),
  });
  return layout({
    dragmode: false,
    xaxis: { ...named(shown.columns), range: [-0.5, shown.columns.length - 0.5], anchor: "y" },
    yaxis: { ...named(shown.rows), range: [shown.rows.length - 0.5, -0.5], domain: [0, shown.tree ? 0.8 : 1] },
    yaxis2: { ...flat, domain: [0.82, 1], rangemode: "tozero", showticklabels: false },
  });
}

function mapTrace(shown) {
  return {
    x: shown.map.map((point) => point[0]),
    y: shown.map.map((point) => point[1]),
    text: shown.names.map(plain),
    mode: "lines+markers+text",
    textposition: shown.names.map((_, at) => (at % 2 ? "bottom center" : "top center")),
    cliponaxis: false,
    marker: { size: 10, color: colour("relative") },
    line: { color: `${colour("relative")}44` },
    hovertemplate: "%{text}<extra></extra>",
  };
}

function mapLayout() {
  const axis = { showticklabels: false, zeroline: false, fixedrange: true, ticks: "" };
  return layout({
    dragmode: false,
    margin: { l: 24, r: 24, t: 24, b: 8 },
    xaxis: axis,
    yaxis: { ...axis, scaleanchor: "x" },
  });
}
