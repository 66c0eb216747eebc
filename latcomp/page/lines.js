// Lines against a number, one panel each: a sweep over anchors, or checkpoints of runs.
"use strict";

const DASHES = ["solid", "dash", "dot", "dashdot"];

function drawLines() {
  for (const [at, plot] of [...document.querySelectorAll('[data-plot="lines"]')].entries()) {
    const panel = page.panels[at];
    drawn(() => Plotly.react(plot, panel.lines.flatMap(lineTraces), lineLayout(panel), settings));
  }
}

function lineTraces(line, at) {
  const ink = HUES[at % HUES.length];
  const main = {
    x: line.x,
    y: line.y,
    text: line.text?.map(plain) ?? line.x.map(String),
    name: plain(line.name),
    mode: "lines+markers",
    line: { color: ink, dash: DASHES[at % DASHES.length] },
    hovertemplate: "%{text}: %{y:.3f}<extra>%{fullData.name}</extra>",
  };
  return line.low ? [band(line, ink), main] : [main];
}

function band(line, ink) {
  return {
    x: [...line.x, ...[...line.x].reverse()],
    y: [...line.high, ...[...line.low].reverse()],
    fill: "toself",
    fillcolor: `${ink}33`,
    line: { width: 0 },
    mode: "lines",
    hoverinfo: "skip",
    showlegend: false,
  };
}

function lineLayout(panel) {
  const ticks = panel.ticks ? { tickvals: panel.ticks, ticktext: panel.names?.map(plain) ?? panel.ticks } : {};
  return layout({
    dragmode: false,
    showlegend: panel.lines.length > 1,
    margin: { l: 8, r: 16, t: 8, b: 8 },
    xaxis: { type: panel.log ? "log" : "-", title: { text: plain(panel.x) }, fixedrange: true, ...ticks },
    yaxis: { title: { text: plain(panel.y ?? "") }, fixedrange: true, zeroline: false },
  });
}
