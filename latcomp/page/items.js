// What the reader asks for, and the item in focus in words.
"use strict";


function showItems() {
  const select = byId("colour");
  items.colours.forEach((each, at) => select.append(new Option(each.name, at)));
  if (items.labels) {
    items.labels.names.forEach((name, at) => byId("label").append(new Option(name, at)));
  }
  for (const part of document.querySelectorAll("[data-needs]")) {
    part.hidden = part.dataset.needs === "labels" ? !items.labels : !items.axes.length;
  }
  if (matchMedia("(pointer: coarse)").matches) {
    const scrolls = document.querySelector('input[name="drag"][value=""]');
    scrolls.checked = true;
  }
  hear();
  showWords();
}

function hear() {
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") byId("results").querySelector("button")?.click();
  });
  byId("colour").addEventListener("change", (event) => {
    state.colour = Number(event.target.value);
    paintSpaces();
    showWords();
  });
  byId("label").addEventListener("change", (event) => pickLabel(event.target.value));
  byId("clear").addEventListener("click", clear);
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  for (const drag of document.querySelectorAll('input[name="drag"]')) {
    drag.addEventListener("change", () => {
      plots.forEach((plot) => Plotly.relayout(plot, { dragmode: dragging() }));
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
}

function pickLabel(value) {
  state.label = value === "" ? -1 : Number(value);
  byId("label").value = value;
  refresh();
}

function choose(chosen) {
  state.chosen = chosen.length ? chosen : null;
  refresh();
}

function clear() {
  Object.assign(state, { label: -1, chosen: null, focus: -1, kept: -1 });
  byId("label").value = "";
  byId("search").value = "";
  search();
  ranges = null;
  moved = false;
  byId("tip").hidden = true;
  paintSpaces();
  showWords();
  showItem();
}

function refresh() {
  showHighlight();
  showWords();
}

function showWords() {
  showScale();
  showMoved();
  showLabels();
  showChosen();
}

let waiting = 0;

// Pointing is answered once a frame: a fast pointer passes over many items.
function point(item, event) {
  if (!moved) return;
  state.focus = item;
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => {
    showItem();
    showTip(item, event);
  });
}

function keep(item) {
  state.kept = item;
  state.focus = -1;
  moved = false;
  byId("tip").hidden = true;
  showItem();
}

function nameOf(item) {
  return items.names[item] ?? `row ${item - items.drawn}`;
}

function showTip(item, event) {
  const tip = byId("tip");
  tip.hidden = item < 0;
  if (item < 0) return;
  const label = items.labels ? `\n${items.labels.names[items.labels.of[item]]}` : "";
  tip.textContent = `${nameOf(item)}${label}`;
  tip.style.whiteSpace = "pre-line";
  const left = event.clientX + 14 + tip.offsetWidth > innerWidth;
  tip.style.left = `${left ? Math.max(0, event.clientX - 14 - tip.offsetWidth) : event.clientX + 14}px`;
  tip.style.top = `${event.clientY + 14}px`;
}

function showItem() {
  const item = focused();
  showMarks();
  byId("item-name").textContent = item < 0 ? "No item chosen" : nameOf(item);
  byId("item-facts").textContent =
    item < 0 ? "Point at an item, click it to keep it, or choose one from a list." : factsOf(item);
  const lists = item < 0 ? { a: [], b: [], kept: [] } : compareLists(item);
  fillNear("near-a", lists.a, lists.kept, "lost");
  fillNear("near-b", lists.b, lists.kept, "gained");
}

function factsOf(item) {
  const parts = items.labels ? [`label ${items.labels.names[items.labels.of[item]]}`] : [];
  const kept = compareLists(item).kept.length;
  parts.push(`${kept} of ${items.shown} neighbours kept`);
  const shown = items.colours[state.colour];
  if (shown.kind === "score" && state.colour > 0) parts.push(`${shown.name} ${short(shown.values[item])}`);
  return parts.join(", ");
}

function fillNear(id, near, kept, otherwise) {
  const lines = near.map((other) => {
    const fate = kept.includes(other) ? "kept" : otherwise;
    const line = make("li", undefined, fate);
    line.append(named(other), make("span", ` (${fate})`, "hidden"));
    return line;
  });
  byId(id).replaceChildren(...lines);
}

// A name that leads to its item, where that is drawn.
function named(item) {
  if (item >= items.drawn) {
    const text = make("span", nameOf(item));
    text.title = "not among the items drawn";
    return text;
  }
  const button = make("button", nameOf(item), "linked");
  button.type = "button";
  button.addEventListener("click", () => keep(item));
  return button;
}
