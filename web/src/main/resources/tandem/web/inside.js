// The tab Inside: what every layer makes of the drawing. Look, do not read.

import { post } from "./api.js";
import { newest } from "./newest.js";
import { pad } from "./pad.js";
import { bytes, Picture } from "./pictures.js";

const LAYERS = {
  conv1: ["First convolution", "Beside each map its filter of 3 by 3 weights: orange above zero, blue below."],
  conv2: ["Second convolution", "Each map is made of all 32 maps before it."],
  pool: ["Pooling", "The largest of every 2 by 2 values survives. Crossed maps are zero everywhere."],
  fc1: ["Hidden units", "These 128 numbers are all that the last layer sees."],
};
const FC_COLUMNS = 32;

export function startInside(drawing, reading) {
  const section = document.querySelector("[data-tab=inside]");
  const message = element("p", { class: "note", role: "status" }, "Draw a digit: here, or in Draw.");
  const lens = makeLens();
  document.getElementById("inside-pad").append(pad(drawing));
  document.getElementById("lens").append(lens.element, message);
  const layers = new Map();

  const ask = newest(async () => {
    if (section.hidden || !reading.seen) return;
    try {
      const { layers: answered, filters } = await post("api/inside", { pixels: reading.seen });
      message.textContent = "";
      for (const layer of answered) {
        if (!layers.has(layer.name)) {
          layers.set(layer.name, new Layer(layer, layer.name === "conv1" ? filters : null, lens));
          document.getElementById("layers").append(layers.get(layer.name).element);
        }
        layers.get(layer.name).show(layer);
      }
      lens.renew();
    } catch (problem) {
      message.textContent = problem.message;
    }
  });

  reading.addEventListener("quick", ask);
  reading.addEventListener("all", ask);
  reading.addEventListener("blank", () => {
    layers.forEach(layer => layer.clear());
    message.textContent = "Draw a digit: here, or in Draw.";
  });
  return { shown: ask };
}

/** The pictures of a layer; one of them can be reached by Tab, the others from it by arrow keys. */
class Layer {
  #maps;

  constructor({ name, rows, columns, maps }, filters, lens) {
    const [title, text] = LAYERS[name] ?? [name, ""];
    // Hidden units are one row of numbers: they are shown in a few rows of squares.
    const [down, across] = rows === 1 ? [Math.ceil(columns / FC_COLUMNS), FC_COLUMNS] : [rows, columns];
    const grid = element("div", { class: `maps ${name}`, role: "group", "aria-label": title });
    this.#maps = maps.map((_, i) => {
      const picture = new Picture("", down, across);
      picture.canvas.removeAttribute("role");
      picture.canvas.setAttribute("aria-hidden", "true");
      const filter = filters ? filterPicture(filters[i], i) : null;
      const map = {
        title: maps.length === 1 ? title : `${title}, map ${i + 1}`,
        rows: down, columns: across, values: null, weights: filters?.[i] ?? null,
      };
      const button = element("button", {
        type: "button", class: "map", tabindex: i === 0 ? "0" : "-1", "aria-label": map.title,
        onmouseenter: () => lens.show(map), onfocus: () => lens.show(map), onclick: () => lens.show(map),
      }, picture.canvas, filter?.canvas ?? null);
      grid.append(button);
      return Object.assign(map, { picture, button });
    });
    grid.addEventListener("keydown", event => this.#move(event));
    const shape = maps.length === 1 ? String(columns) : `${maps.length} \u00d7 ${rows} \u00d7 ${columns}`;
    this.element = element("section", { class: "layer" }, element("h3", {}, title, " ", element("small", {}, shape)),
      element("p", { class: "note" }, text), grid);
  }

  show({ maps, alive, largest }) {
    this.#maps.forEach((map, i) => {
      map.values = bytes(maps[i]);
      map.largest = largest;
      map.picture.ink(map.values, 255);
      map.button.classList.toggle("silent", !(alive?.[i] ?? true));
    });
  }

  clear() {
    this.#maps.forEach(map => {
      map.values = null;
      map.picture.clear();
      map.button.classList.remove("silent");
    });
  }

  #move(event) {
    const at = this.#maps.findIndex(map => map.button === document.activeElement);
    const width = getComputedStyle(event.currentTarget).gridTemplateColumns.split(" ").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: width, ArrowUp: -width }[event.key];
    const next = this.#maps[at + step];
    if (!step || !next) return;
    event.preventDefault();
    this.#maps[at].button.tabIndex = -1;
    next.button.tabIndex = 0;
    next.button.focus();
  }
}

function filterPicture(weights, i) {
  const picture = new Picture(`Filter ${i + 1}`, 3, 3);
  picture.canvas.classList.add("filter");
  picture.canvas.removeAttribute("role");
  picture.canvas.setAttribute("aria-hidden", "true");
  picture.signed(weights);
  return picture;
}

/** The map under the hand, large, with its filter. */
function makeLens() {
  const place = element("div", { class: "lens-pictures" });
  const title = element("h3", {}, "Point at a map");
  const text = element("p", { class: "note" });
  const filter = new Picture("Filter", 3, 3);
  const sizes = new Map();
  let shown = null;

  function picture({ rows, columns }) {
    const key = `${rows} ${columns}`;
    if (!sizes.has(key)) sizes.set(key, new Picture("", rows, columns));
    return sizes.get(key);
  }

  function renew() {
    if (!shown) return;
    const large = picture(shown);
    title.textContent = shown.title;
    large.label(shown.title);
    place.replaceChildren(large.canvas, ...(shown.weights ? [filter.canvas] : []));
    if (shown.weights) {
      filter.signed(shown.weights);
      filter.label(`Its filter: ${shown.weights.map(number).join(", ")}`);
    }
    if (!shown.values) {
      large.clear();
      text.textContent = "";
      return;
    }
    large.ink(shown.values, 255);
    const active = shown.values.filter(value => value > 0).length;
    const most = shown.values.reduce((a, b) => Math.max(a, b), 0);
    text.textContent = `${active} of ${shown.values.length} are above zero, the largest is ${number((shown.largest * most) / 255)}.`;
  }

  return {
    element: element("div", { class: "lens-card" }, title, place, text),
    renew,
    show(map) {
      shown = map;
      renew();
    },
  };
}
