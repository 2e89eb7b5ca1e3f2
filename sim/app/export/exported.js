"use strict";
// What every exported file does: unpack its data, speak three languages, draw the map.
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
let data = null, language = "en";

// What the address of the page asks for.
const asked = (name) => new URLSearchParams(location.hash.slice(1)).get(name) || "";

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
function draw(tag, attributes, parent) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.append(node);
  return node;
}
async function unpacked() {
  const packed = Uint8Array.from(atob($("data").textContent), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// Texts.
const say = (number) => data.texts[language][number];
const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (all, name) => fields[name] ?? all);
const word = (name, fields = {}) => fill(say(data.words[name]), fields);
function monthName(month) {
  return fill(say(data.month), { month: say(data.months[month % 12]), year: 2000 + Math.floor(month / 12) });
}
const shortMonth = (month) => `${2000 + Math.floor(month / 12)}\u2011${String(1 + (month % 12)).padStart(2, "0")}`;
const amount = (value, digits = 2) => value.toLocaleString(language, { maximumFractionDigits: digits });
function signed(value, digits) {
  const size = amount(Math.abs(value), digits);
  return (size === "0" || value === 0 ? "" : value < 0 ? "−" : "+") + size;
}
function relabel() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = word(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
}
const text = (name, tag = "span", attributes = {}) => make(tag, { "data-text": name, ...attributes });

function prefix(columns) {
  // Rows that hold what is added to the row before, as whole rows.
  const rows = [];
  for (const steps of columns) {
    const row = Int16Array.from(steps);
    if (rows.length) for (let i = 0; i < row.length; i += 1) row[i] += rows[rows.length - 1][i];
    rows.push(row);
  }
  return rows;
}

// The map: localities, then provinces, firms and the central state, numbered in this order.
class WorldMap {
  constructor(parent, chosen, pointed, changed) {
    this.svg = draw("svg", { role: "img" }, null);
    this.framed = -1;
    this.chooser = make("select", { id: "kind" });
    for (const kind of Object.keys(data.maps)) this.chooser.append(make("option", { value: kind, "data-text": kind }));
    if (asked("kind") in data.maps) this.chooser.value = asked("kind");
    this.chooser.addEventListener("change", () => { this.build(); changed(); });
    const box = make("div", { id: "map" }, this.svg);
    parent.append(box);
    this.build();
    this.listen(chosen, pointed);
    const buttons = make("div", { id: "zoom" });
    for (const [sign, name, action] of [["+", "zoom_in", () => this.scale(0.6)], ["−", "zoom_out", () => this.scale(1 / 0.6)],
      ["⤢", "zoom_all", () => this.zoomTo(this.map.box)]]) {
      const button = make("button", { type: "button", "data-label": name }, sign);
      button.addEventListener("click", action);
      buttons.append(button);
    }
    box.append(buttons);
    new ResizeObserver(() => this.sizeType()).observe(this.svg);
  }
  build() {
    const map = data.maps[this.chooser.value], unit = map.unit;
    this.map = map;
    this.state = map.centres.length - 1;
    this.svg.replaceChildren();
    const land = draw("g", {}, this.svg);
    this.shapes = map.shapes.map((path, number) =>
      draw("path", { d: path, class: "place", fill: "#fff", "data-number": number, "fill-rule": "evenodd" }, land));
    const [x, y] = map.centres[this.state];
    draw("rect", { x: x - unit, y: y - unit, width: 2 * unit, height: 2 * unit, class: "edge", "stroke-dasharray": "2 2" }, this.svg);
    draw("path", { d: map.borders, class: "edge" }, this.svg);
    if (map.frame) {
      const [cx, cy, width, height] = map.frame;
      draw("rect", { x: cx - width / 2, y: cy - height / 2, width, height, class: "edge", stroke: "#9a9a9a" }, this.svg);
    }
    this.lines = draw("g", {}, this.svg);
    this.mark = draw("path", { class: "mark", d: "" }, this.svg);
    this.labels = draw("g", {}, this.svg);
    for (const [tx, ty, code] of map.codes) draw("text", { x: tx, y: ty }, this.labels).textContent = code;
    this.words = map.words.map(([tx, ty, number]) => [draw("text", { x: tx, y: ty, class: "word" }, this.labels), number]);
    this.stateName = draw("text", { x, y, class: "word" }, this.labels);
    this.relabel();
    this.frame(this.framed);
    this.box = [...map.box];
    this.zoomTo(this.box);
  }
  relabel(words) {
    if (words) this.svg.setAttribute("aria-label", words);
    for (const [node, number] of this.words) node.textContent = say(number);
    this.stateName.textContent = word("state");
  }
  sizeType() {
    // Type of one size on the screen, whatever is shown of the map; a phone shows codes alone.
    const width = this.svg.clientWidth || 600, pixel = this.box[2] / width;
    this.labels.setAttribute("font-size", (width < 560 ? 8 : 11) * pixel);
    this.svg.classList.toggle("narrow", width < 560);
    for (const node of this.labels.children) node.style.strokeWidth = `${2.5 * pixel}px`;
    this.pixel = pixel;
    if (this.redraw) this.redraw();
  }
  zoomTo([x, y, width, height]) {
    const [west, north, all] = this.map.box, size = Math.min(width, all);
    const clamp = (value, low) => Math.min(Math.max(value, low), low + all - size);
    this.box = [clamp(x, west), clamp(y, north), size, size];
    this.svg.setAttribute("viewBox", this.box.join(" "));
    this.svg.classList.toggle("zoomed", size < all);
    this.sizeType();
  }
  scale(times, at = [0.5, 0.5]) {
    const [x, y, size] = this.box, wanted = Math.max(size * times, this.map.box[2] / 16);
    this.zoomTo([x + (size - wanted) * at[0], y + (size - wanted) * at[1], wanted, wanted]);
  }
  listen(chosen, pointed) {
    const svg = this.svg, down = new Map();
    let moved = 0;
    const share = (event) => {
      const box = svg.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    svg.addEventListener("wheel", (event) => {
      // A page that is scrolled scrolls on; with Ctrl, or once it is enlarged, the map is zoomed.
      if (!event.ctrlKey && this.box[2] >= this.map.box[2] && event.deltaY > 0) return;
      event.preventDefault();
      this.scale(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 200), share(event));
    }, { passive: false });
    svg.addEventListener("dblclick", () => this.zoomTo(this.map.box));
    svg.addEventListener("pointerdown", (event) => { down.set(event.pointerId, share(event)); moved = 0; });
    svg.addEventListener("pointermove", (event) => {
      const number = event.target.dataset ? event.target.dataset.number : undefined;
      pointed(number === undefined ? -1 : Number(number));
      const before = down.get(event.pointerId);
      if (!before) return;
      const now = share(event), others = [...down].filter(([id]) => id !== event.pointerId);
      moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
      down.set(event.pointerId, now);
      if (others.length) {
        const other = others[0][1], far = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]) || 1e-3;
        this.scale(far(before) / far(now), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
      } else if (this.box[2] < this.map.box[2]) {
        const [x, y, size] = this.box;
        this.zoomTo([x - (now[0] - before[0]) * size, y - (now[1] - before[1]) * size, size, size]);
      }
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      svg.addEventListener(end, (event) => { down.delete(event.pointerId); });
    }
    svg.addEventListener("pointerleave", () => pointed(-1));
    svg.addEventListener("click", (event) => {
      const number = event.target.dataset ? event.target.dataset.number : undefined;
      if (number !== undefined && moved < 0.02) chosen(Number(number));
    });
  }
  colour(colourOf) {
    this.shapes.forEach((shape, number) => {
      const colour = colourOf(number);
      if (shape.colour !== colour) shape.setAttribute("fill", shape.colour = colour);
    });
  }
  arc(from, to) {
    // It bows to the north.
    const [x0, y0] = this.map.centres[from], [x1, y1] = this.map.centres[to];
    const high = (y0 + y1) / 2 - 0.3 * Math.hypot(x1 - x0, y1 - y0);
    return `M${x0} ${y0}Q${(x0 + x1) / 2} ${high} ${x1} ${y1}`;
  }
  frame(number) {
    this.framed = number;
    this.mark.setAttribute("d", number in this.shapes ? this.shapes[number].getAttribute("d") : "");
  }
}

function chooseLanguage(changed) {
  const select = $("language"), wanted = (asked("lang") || navigator.language || "").slice(0, 2);
  for (const [code, name] of Object.entries(data.languages)) select.append(make("option", { value: code, lang: code }, name));
  language = wanted in data.languages ? wanted : "en";
  select.value = language;
  select.addEventListener("change", () => { language = select.value; relabel(); changed(); });
}

async function begin(start) {
  if (typeof DecompressionStream === "undefined") { $("old").hidden = false; return; }
  data = await unpacked();
  const changed = start($("page"));
  chooseLanguage(changed);
  relabel();
  changed();
  $("page").hidden = false;
}
