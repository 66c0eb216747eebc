// Colours come from the style sheet, so that plots follow the reader's scheme, and paper is white.
"use strict";

const drawings = [];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// Draw now, and again whenever the scheme changes.
function drawn(draw) {
  drawings.push(draw);
  draw();
}

function redraw() {
  for (const draw of drawings) draw();
}

function layout(more) {
  const axis = {
    gridcolor: colour("line"),
    zerolinecolor: colour("line"),
    linecolor: colour("line"),
    automargin: true,
  };
  const { xaxis, yaxis, ...rest } = more;
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: colour("text"), size: 13, family: getComputedStyle(document.body).fontFamily },
    margin: { l: 8, r: 8, t: 8, b: 8 },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    hoverlabel: { font: { family: getComputedStyle(document.body).fontFamily } },
    xaxis: { ...axis, ...xaxis },
    yaxis: { ...axis, ...yaxis },
    ...rest,
  };
}

const settings = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };

function followScheme() {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.print = "";
    redraw();
    for (const plot of allPlots()) {
      Plotly.relayout(plot, { width: plot.clientWidth, height: plot.clientHeight }); // at once
    }
  });
  addEventListener("afterprint", () => {
    delete document.documentElement.dataset.print;
    redraw();
    for (const plot of allPlots()) Plotly.Plots.resize(plot);
  });
}

function allPlots() {
  return document.querySelectorAll(".js-plotly-plot");
}
