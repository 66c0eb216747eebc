// Scores as dots with their intervals, anchor noise and chance, one line per measure and direction.
"use strict";

function drawIntervals() {
  const plot = document.querySelector('[data-plot="intervals"]');
  if (!plot) return;
  const names = [...new Set(page.scores.map((score) => score.name))];
  if (!names.length) {
    plot.remove();
    return;
  }
  plot.style.height = `${names.length * 38 + 80}px`;
  const spaces = [...new Set(page.scores.map((score) => score.space))];
  drawn(() => {
    const traces = spaces.flatMap((space, at) => {
      const shift = spaces.length > 1 ? (at - 0.5) * 0.36 : 0;
      const scores = page.scores.filter((score) => score.space === space);
      return scoreTraces(space, scores, (score) => names.indexOf(score.name) + shift);
    });
    Plotly.react(plot, traces, intervalLayout(names), settings);
  });
}

function scoreTraces(space, scores, height) {
  const x = scores.map((score) => score.value);
  const y = scores.map(height);
  const ink = colour(space);
  const low = (bounds, at) => (bounds ? scores[at].value - bounds[0] : 0);
  const high = (bounds, at) => (bounds ? bounds[1] - scores[at].value : 0);
  const bars = (key, more) => ({
    type: "data",
    symmetric: false,
    array: scores.map((score, at) => high(score[key], at)),
    arrayminus: scores.map((score, at) => low(score[key], at)),
    color: ink,
    width: 0,
    ...more,
  });
  const text = scores.map(describe);
  const shared = { x, y, mode: "markers", type: "scatter", legendgroup: space };
  return [
    {
      ...shared,
      x: scores.map((score) => score.chance),
      marker: { symbol: "line-ns-open", size: 13, line: { width: 2.5 }, color: colour("chance") },
      name: "chance",
      legendgroup: "chance",
      showlegend: space === page.scores[0].space,
      hoverinfo: "skip",
    },
    {
      ...shared,
      marker: { opacity: 0 },
      error_x: bars("anchors", { thickness: 11, color: `${ink}55` }),
      showlegend: false,
      hoverinfo: "skip",
    },
    {
      ...shared,
      marker: { size: 9, color: ink, symbol: space === "absolute" ? "diamond" : "circle" },
      error_x: bars("interval", { thickness: 2 }),
      name: space,
      text,
      hovertemplate: "%{text}<extra></extra>",
    },
  ];
}

function describe(score) {
  const interval = score.interval ? `, ${short(score.interval[0])} to ${short(score.interval[1])}` : "";
  const chance = score.chance === null ? "" : `, chance ${short(score.chance)}`;
  return plain(`${score.name} ${score.space}: ${short(score.value)}${interval}${chance}`);
}

function intervalLayout(names) {
  const lowest = Math.min(0, ...page.scores.flatMap((s) => [s.value, s.chance ?? 0]));
  return layout({
    height: names.length * 38 + 80,
    margin: { l: 8, r: 16, t: 8, b: 8 },
    dragmode: false,
    xaxis: { range: [lowest - 0.02, 1.02], zeroline: false, fixedrange: true },
    yaxis: {
      tickvals: names.map((_, at) => at),
      ticktext: names.map(plain),
      range: [names.length - 0.4, -0.6],
      zeroline: false,
      showgrid: false,
      fixedrange: true,
      ticks: "",
      ticklabelstandoff: 8,
    },
  });
}
