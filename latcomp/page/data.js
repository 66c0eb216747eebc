// What the page holds: one JSON document, with long arrays as base64 of their bytes.
"use strict";

const page = JSON.parse(document.getElementById("data").textContent);

// { type: "Uint32Array", base64 } -> that array. Bytes are little-endian, as in every browser.
function unpack(packed) {
  const text = atob(packed.base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new globalThis[packed.type](bytes.buffer);
}

// Scores travel as steps between their lowest and highest; 65535 stands for none.
function unpackScores(column) {
  const step = (column.high - column.low) / 65534;
  return Float32Array.from(unpack(column.values), (v) => (v === 65535 ? NaN : column.low + v * step));
}

function byId(id) {
  return document.getElementById(id);
}

// An element with text in it. Names come from files: they are only ever set as text.
function make(tag, text, name) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
}

function short(value) {
  if (Number.isNaN(value)) return "n/a";
  return Math.abs(value) < 0.0995 ? value.toFixed(4) : value.toFixed(3);
}

// Text for plotly, which would take <b> and &amp; for markup.
function plain(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
