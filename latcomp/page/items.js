// Items in words: the one in focus, search, those that moved most and least, and labels.
"use strict";

const FOUND = 24; // results of a search that are shown
const LISTED = 15; // items in each list of those that moved

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
  refresh();
}

function hear() {
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") byId("results").querySelector("button")?.click();
  });
  byId("colour").addEventListener("change", (event) => {
    state.colour = Number(event.target.value);
    redraw();
    refresh();
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
  plots.forEach((plot) => Plotly.relayout(plot, { selections: [] }));
  ranges = null;
  redraw();
  refresh();
  showItem();
}

function refresh() {
  showHighlight();
  showScale();
  showMoved();
  showLabels();
  showChosen();
}

let waiting = 0;

// Pointing is answered once a frame: a fast pointer passes over many items.
function point(item, event) {
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

let lowered = null;

function search() {
  const text = byId("search").value.trim().toLowerCase();
  lowered ??= items.names.slice(0, items.drawn).map((name) => name.toLowerCase());
  const found = [];
  if (text) lowered.forEach((name, item) => name.includes(text) && found.push(item));
  const rank = (item) => (lowered[item] === text ? 0 : lowered[item].startsWith(text) ? 1 : 2);
  found.sort((one, other) => rank(one) - rank(other) || one - other);
  const count = found.length === 1 ? "1 item" : `${found.length.toLocaleString("en")} items`;
  const first = found.length > FOUND ? `; the first ${FOUND}:` : "";
  byId("found").textContent = text ? `${count} of ${items.drawn.toLocaleString("en")} match${first}` : "";
  const lines = found.slice(0, FOUND).map((item) => {
    const line = make("li");
    const button = make("button", nameOf(item));
    button.type = "button";
    button.addEventListener("click", () => keep(item));
    line.append(button);
    return line;
  });
  byId("results").replaceChildren(...lines);
}

// The measure that ranks: the one that colours, or kept neighbours where that is no score.
function ranked() {
  const shown = items.colours[state.colour];
  return shown.kind === "score" ? shown : items.colours[0];
}

let orders = new Map();

// Items, those that moved most first; ties go by the order that the report ranks them in.
function movedOrder() {
  const by = ranked();
  if (!orders.has(by)) {
    const sign = by.better === "lower" ? -1 : 1;
    const known = items.order.filter((item) => !Number.isNaN(by.values[item]));
    orders.set(by, [...known].sort((one, other) => sign * (by.values[one] - by.values[other])));
  }
  return orders.get(by);
}

function movedShown() {
  const left = highlighted();
  const among = left && new Set(left);
  return among ? movedOrder().filter((item) => among.has(item)) : movedOrder();
}

function showMoved() {
  const order = movedShown();
  byId("most").textContent = `Moved most, by ${ranked().name}`;
  byId("least").textContent = "Moved least";
  const half = Math.min(LISTED, Math.ceil(order.length / 2));
  fillMoved("most-list", order.slice(0, half));
  fillMoved("least-list", order.slice(order.length - Math.min(half, order.length - half)).reverse());
}

function fillMoved(id, order) {
  const lines = order.map((item) => {
    const line = make("li");
    line.append(named(item), make("span", short(ranked().values[item])));
    return line;
  });
  byId(id).replaceChildren(...lines);
}

function step(by) {
  const order = movedShown();
  if (!order.length) return;
  const at = order.indexOf(focused());
  keep(order[Math.min(order.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
}

function mean(values, among) {
  let [sum, count] = [0, 0];
  for (const item of among) {
    if (!Number.isNaN(values[item])) {
      sum += values[item];
      count++;
    }
  }
  return count ? sum / count : NaN;
}

function showLabels() {
  if (!items.labels) return;
  const by = ranked();
  const members = items.labels.names.map(() => []);
  items.labels.of.forEach((label, item) => members[label].push(item));
  const means = members.map((among) => mean(by.values, among));
  const sign = by.better === "lower" ? -1 : 1;
  const order = members.map((_, label) => label).sort((one, other) => sign * (means[one] - means[other]));
  byId("labels").caption.textContent = `Mean of ${by.name}, labels that moved most first. Choose one to see it alone.`;
  byId("labels").tBodies[0].replaceChildren(
    ...order.map((label) => labelLine(label, members[label].length, means[label], by)),
  );
}

function labelLine(label, count, value, by) {
  const line = make("tr");
  const name = make("th");
  name.scope = "row";
  const button = make("button", items.labels.names[label], "linked");
  button.type = "button";
  button.setAttribute("aria-pressed", String(state.label === label));
  button.addEventListener("click", () => pickLabel(state.label === label ? "" : String(label)));
  if (items.colours[state.colour].kind === "label") {
    const swatch = make("span", undefined, "swatch");
    swatch.style.background = labelHue(label);
    name.append(swatch);
  }
  name.append(button);
  const part = Math.max(0, Math.min(1, (value - by.range[0]) / (by.range[1] - by.range[0] || 1)));
  const bar = make("div");
  bar.style.width = `${100 * (part || 0)}%`;
  bar.style.background = blend(by.better === "lower" ? 1 - part : part);
  const holder = make("div", undefined, "bar");
  holder.append(bar);
  const cell = make("td");
  cell.append(holder);
  line.append(name, make("td", count.toLocaleString("en"), "number"), make("td", short(value), "number"), cell);
  return line;
}

// The colour that an item of this agreement, 0 to 1, has in the pictures.
function blend(part) {
  const [from, to, share] = part < 0.5 ? ["low", "middle", 2 * part] : ["middle", "high", 2 * part - 1];
  return `color-mix(in srgb, ${colour(to)} ${100 * share}%, ${colour(from)})`;
}

function showScale() {
  const shown = items.colours[state.colour];
  const scale = byId("scale");
  if (shown.kind === "label") {
    scale.replaceChildren(
      ...items.labels.names.slice(0, 30).map((name, label) => {
        const key = make("span");
        const swatch = make("span", undefined, "swatch");
        swatch.style.background = labelHue(label);
        key.append(swatch, name);
        return key;
      }),
    );
    return;
  }
  const strip = make("span", undefined, "ramp");
  const stops = ramp(shown.kind, shown.better).map(([at, ink]) => `${ink} ${100 * at}%`);
  strip.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  const ends =
    shown.kind === "place"
      ? ["one hue per direction in a: alike where b shows the same colours", ""]
      : [`${short(shown.range[0])} ${shown.better === "lower" ? "stayed" : "moved"}`, `${short(shown.range[1])} ${shown.better === "lower" ? "moved" : "stayed"}`];
  scale.replaceChildren(make("span", ends[0]), strip, make("span", ends[1]));
}

function showChosen() {
  const left = highlighted();
  const line = byId("chosen");
  if (!left) {
    line.textContent = "";
    return;
  }
  const by = ranked();
  const label = state.label < 0 ? "" : ` with label ${items.labels.names[state.label]}`;
  const circled = state.chosen ? " circled" : "";
  const all = items.order;
  line.textContent =
    `${left.length.toLocaleString("en")}${circled} items${label}: mean ${by.name} ` +
    `${short(mean(by.values, left))}, against ${short(mean(by.values, all))} of all.`;
}
