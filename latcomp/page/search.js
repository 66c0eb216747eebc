// Items by their id.
"use strict";

const FOUND = 24; // results that are shown

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
