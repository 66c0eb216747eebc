// The colours of items, and the key to them.
"use strict";

// Hues that differ for the colour-blind, too (Okabe and Ito, lightened); then evenly spaced ones.
const HUES = ["#2f86d6", "#e08a00", "#1aa37a", "#d1569b", "#8a6fd8", "#b5a400", "#d2521e", "#4fb6e8", "#8c8f94", "#7a9a2e"];

function labelHue(label) {
  const count = items.labels.names.length;
  if (count <= HUES.length) return HUES[label];
  return `hsl(${Math.round((360 * label) / count)} 65% ${label % 2 ? 62 : 45}%)`;
}

function ramp(kind, better) {
  if (kind === "label") {
    const count = items.labels.names.length;
    return items.labels.names.flatMap((_, at) => [
      [at / count, labelHue(at)],
      [(at + 1) / count, labelHue(at)],
    ]);
  }
  if (kind === "place") return [0, 1, 2, 3, 4, 5, 6].map((at) => [at / 6, `hsl(${at * 60} 70% 52%)`]);
  const ends = [colour("low"), colour("middle"), colour("high")];
  if (better === "lower") ends.reverse();
  return ends.map((ink, at) => [at / 2, ink]);
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
  const [first, last] = shown.better === "lower" ? ["stayed", "moved"] : ["moved", "stayed"];
  const ends =
    shown.kind === "place"
      ? ["one hue for each direction in a; where b shows the same hues, the spaces agree", ""]
      : [`${short(shown.range[0])} or less: ${first}`, `${short(shown.range[1])} or more: ${last}`];
  scale.replaceChildren(make("span", ends[0]), strip, make("span", ends[1]));
}
