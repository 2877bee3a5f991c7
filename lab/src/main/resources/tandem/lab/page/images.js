// Blocks that are pictures: test images with the engines' answers, filters, and the classes of a dataset.

const FIRST_TILES = 48;

/** Pixels as ink on paper: a byte is how much ink there is. */
function picture(base64, rows, columns) {
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  const canvas = element("canvas", { width: columns, height: rows });
  const paint = () => {
    const ink = colour("var(--ink)").match(/[\d.]+/g).map(Number);
    const context = canvas.getContext("2d");
    const image = context.createImageData(columns, rows);
    bytes.forEach((byte, i) => image.data.set([ink[0], ink[1], ink[2], byte], 4 * i));
    context.putImageData(image, 0, 0);
  };
  paint();
  redraws.push(paint);
  return canvas;
}

function percent(share) {
  return share >= 0.9995 ? "100" : (100 * share).toFixed(1);
}

/** All probabilities of one image. */
function showImage(data, image) {
  const dialog = document.getElementById("dialog");
  const rows = image.probabilities[0].map((_, label) => element("tr", { class: label === image.label && "right" },
    element("th", { scope: "row" }, String(label)),
    ...data.engines.map((engine, i) => element("td",
      { "--c": engineColour(engine), "--s": image.probabilities[i][label] }, percent(image.probabilities[i][label])))));
  dialog.replaceChildren(
    element("div", { class: "top" }, picture(image.pixels, data.rows, data.columns),
      element("div", {}, element("h3", {}, `Test image ${image.index}, label ${image.label}`),
        element("p", { class: "note" }, "Probability of each class, %: the softmax of the engine's logits.")),
      element("button", { type: "button", onclick: () => dialog.close() }, "Close")),
    element("div", { class: "scroll", ...scrollable("Probabilities") }, element("table", {},
      element("tr", {}, element("th", { scope: "col" }), ...data.engines.map(engine => element("th", { scope: "col" }, engineLabel(engine)))), ...rows)));
  dialog.showModal();
}

function tile(data, image) {
  const answers = data.engines.map((engine, i) => element("b", {
    class: image.answers[i] !== image.label && "wrong", "--c": engineColour(engine),
    title: `${engine}: ${image.answers[i]}, ${percent(image.probabilities[i][image.answers[i]])}%`,
  }, String(image.answers[i])));
  return element("button", { class: "tile", type: "button", onclick: () => showImage(data, image) },
    picture(image.pixels, data.rows, data.columns),
    element("span", { class: "label" }, `is ${image.label}`), element("span", { class: "answers" }, ...answers));
}

function images(data) {
  const several = data.engines.length > 1;
  const disagreed = image => new Set(image.answers).size > 1;
  const choices = several
    ? [["engines disagree", null, disagreed, data.disagree],
       ["all wrong alike", null, image => !disagreed(image), null]]
    : [];
  data.engines.forEach((engine, i) =>
    choices.push([`${engine} wrong`, engine, image => image.answers[i] !== image.label, data.wrong[i]]));
  const tiles = element("div", { class: "tiles" });
  const more = element("button", { class: "more", type: "button" });
  const buttons = choices.map(([name, engine, filter, total]) => {
    const found = data.images.filter(filter);
    const count = total === null || total === found.length ? String(found.length) : `${found.length} of ${total}`;
    return element("button", {
      type: "button", "aria-pressed": "false", "--c": engineColour(engine),
      onclick: event => {
        buttons.forEach(button => button.setAttribute("aria-pressed", String(button === event.currentTarget)));
        const show = shown => {
          tiles.replaceChildren(...found.slice(0, shown).map(image => tile(data, image)));
          more.hidden = found.length <= shown;
          more.textContent = `Show all ${found.length}`;
          more.onclick = () => show(found.length);
        };
        show(FIRST_TILES);
      },
    }, engine ? element("i", { class: "swatch" }) : null, `${name} (${count})`);
  });
  const first = choices.findIndex(([, , filter]) => data.images.some(filter));
  buttons[Math.max(0, first)].click();
  return element("div", { class: "images wide" }, element("div", { class: "choices" }, ...buttons), tiles, more);
}

/** Classes in rows: how many images, as a bar, and some of them. */
function classes(data) {
  const most = Math.max(...data.classes.map(row => row.train), 1);
  const rows = data.classes.map(row => element("tr", {},
    element("th", { scope: "row" }, row.name),
    element("td", { class: "number" }, row.train.toLocaleString("en")),
    element("td", { class: "number" }, row.test.toLocaleString("en")),
    element("td", { class: "share" }, element("i", { "--s": row.train / most })),
    element("td", { class: "samples" }, ...row.images.map(image => picture(image, data.rows, data.columns)))));
  return element("div", { class: "wide scroll" }, element("table", { class: "classes" },
    element("tr", {}, ...["class", "training", "test", "", ""].map(title => element("th", { scope: "col" }, title))), ...rows));
}

const SVG = "http://www.w3.org/2000/svg";

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}

/** Filters in rows of eight, each pixel a square; orange above zero, blue below. */
function filters(data) {
  const largest = Math.max(...data.engines.flatMap(set => set.filters.flat().map(Math.abs)), 1e-9);
  const across = 8;
  const sets = data.engines.map(set => {
    const down = Math.ceil(set.filters.length / across);
    const width = across * (data.columns + 1) - 1;
    const svg = shape("svg", { viewBox: `0 0 ${width} ${down * (data.rows + 1) - 1}`, role: "img", "aria-label": `Kernels of ${set.engine}` });
    set.filters.forEach((filter, i) => {
      const group = shape("g", { transform: `translate(${(i % across) * (data.columns + 1)} ${Math.floor(i / across) * (data.rows + 1)})` });
      const title = shape("title", {});
      title.textContent = `${set.engine}, kernel ${i}: ${filter.map(number).join(", ")}`;
      group.append(title);
      filter.forEach((value, pixel) => {
        const rect = shape("rect", { x: pixel % data.columns, y: Math.floor(pixel / data.columns), width: 1.02, height: 1.02 });
        const share = (100 * Math.abs(value)) / largest;
        rect.style.fill = `color-mix(in srgb, var(${value > 0 ? "--positive" : "--negative"}) ${share.toFixed(1)}%, var(--faint))`;
        group.append(rect);
      });
      svg.append(group);
    });
    return element("div", {}, element("h3", {}, engineLabel(set.engine)), svg);
  });
  return element("div", { class: "wide" }, element("div", { class: "filters" }, ...sets),
    element("div", { class: "scale" }, `\u2212${number(largest)}`, element("i"), number(largest)));
}
