// Draw what the page holds, and follow the reader's colour scheme.
"use strict";

drawIntervals();
if (page.panels) drawLines();
if (page.grids) drawMatrix();
if (page.views) {
  readItems();
  showItems();
  drawSpaces();
}
followScheme();
document.documentElement.dataset.ready = String(Math.round(performance.now()));
