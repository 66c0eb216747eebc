// Those that moved most and least, and how labels fared: by the measure that colours the pictures.
"use strict";

const LISTED = 15; // items in each list

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
  byId("ranked").textContent = `Ranked by ${ranked().name}.`;
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
  byId("labels").caption.textContent = `Mean of ${by.name}. Choose a label to see it alone.`;
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
  const bar = make("div");
  bar.style.width = `${100 * share(value, by.scale)}%`;
  const hue = share(value, by.range);
  bar.style.background = blend(by.better === "lower" ? 1 - hue : hue);
  const holder = make("div", undefined, "bar");
  holder.append(bar);
  const cell = make("td");
  cell.append(holder);
  line.append(name, make("td", count.toLocaleString("en"), "number"), make("td", short(value), "number"), cell);
  return line;
}

// How far a value lies from the first bound (0) to the second (1).
function share(value, [low, high]) {
  return Math.max(0, Math.min(1, (value - low) / (high - low || 1))) || 0;
}

// The colour that an item of this agreement, 0 to 1, has in the pictures.
function blend(part) {
  const [from, to, share] = part < 0.5 ? ["low", "middle", 2 * part] : ["middle", "high", 2 * part - 1];
  return `color-mix(in srgb, ${colour(to)} ${100 * share}%, ${colour(from)})`;
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
