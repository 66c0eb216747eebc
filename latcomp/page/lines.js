// Lines against a number, one panel each: what a sweep over anchors found.
"use strict";

function drawLines() {
  for (const [at, plot] of [...document.querySelectorAll('[data-plot="lines"]')].entries()) {
    const panel = page.panels[at];
    drawn(() => Plotly.react(plot, panel.lines.flatMap(lineTraces), lineLayout(panel), settings));
  }
}

function lineTraces(line, at) {
  const ink = HUES[at % HUES.length];
  const band = {
    x: [...line.x, ...[...line.x].reverse()],
    y: [...line.high, ...[...line.low].reverse()],
    fill: "toself",
    fillcolor: `${ink}33`,
    line: { width: 0 },
    mode: "lines",
    hoverinfo: "skip",
    showlegend: false,
  };
  const dashes = ["solid", "dash", "dot", "dashdot"];
  const main = {
    x: line.x,
    y: line.y,
    name: plain(line.name),
    mode: "lines+markers",
    line: { color: ink, dash: dashes[at % dashes.length] },
    hovertemplate: "%{x}: %{y:.3f}<extra>%{fullData.name}</extra>",
  };
  return [band, main];
}

function lineLayout(panel) {
  return layout({
    dragmode: false,
    showlegend: panel.lines.length > 1,
    margin: { l: 8, r: 16, t: 8, b: 8 },
    xaxis: { type: panel.log ? "log" : "-", title: { text: plain(panel.x) }, tickvals: panel.ticks, fixedrange: true },
    yaxis: { fixedrange: true, zeroline: false },
  });
}
