// The networks of a training as a table: how far each is, how well it does, how fast it learns.

import { duration, percentage } from "./text.js";

const COLUMNS = ["network", "progress", "loss", "accuracy", "images/s", "time left"];

export class Learners {
  #rows = new Map();
  #body = element("tbody");
  #use;

  /** `use` is called with the row whose model shall answer in Draw. */
  constructor(use) {
    this.#use = use;
    const head = [...COLUMNS, element("span", { class: "visually-hidden" }, "use")];
    this.element = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Networks that learn" },
      element("table", { class: "learners" },
        element("thead", {}, element("tr", {}, ...head.map(name => element("th", { scope: "col" }, name)))), this.#body));
  }

  show(progress) {
    for (const row of progress.rows.values()) this.#show(row, progress, this.#rows.get(row.id) ?? this.#add(row));
  }

  #add(row) {
    const cells = {
      bar: element("progress", { max: "1", "aria-label": `progress of ${row.name}` }),
      share: element("span", { class: "share" }),
      loss: element("td"),
      accuracy: element("td", { class: "accuracy" }),
      speed: element("td"),
      left: element("td", { class: "left" }),
      use: element("button", {
        type: "button", hidden: true, "aria-label": `Draw with it: the model of ${row.name}`, onclick: () => this.#use(row),
      }, "Draw with it"),
    };
    this.#body.append(element("tr", { "--c": engineColour(row.name) },
      element("th", { scope: "row" }, engineLabel(row.name)),
      element("td", { class: "bar-cell" }, cells.bar, cells.share),
      cells.loss, cells.accuracy, cells.speed, cells.left, element("td", {}, cells.use)));
    this.#rows.set(row.id, cells);
    return cells;
  }

  #show(row, progress, cells) {
    const share = progress.share(row);
    cells.bar.value = share;
    cells.share.textContent = `${Math.floor(100 * share)}%`;
    cells.loss.textContent = row.loss === null ? "" : row.loss.toFixed(4);
    showAccuracy(cells.accuracy, row.accuracy);
    cells.speed.textContent = row.imagesPerSecond ? Math.round(row.imagesPerSecond).toLocaleString("en") : "";
    cells.left.textContent = row.missing ?? timeLeft(row, progress);
    cells.left.classList.toggle("missing", row.missing !== null);
    cells.use.hidden = progress.training.state !== "done" || row.missing !== null || progress.runOf(row) === null;
  }
}

/** One digit less for an accuracy of few images. */
function showAccuracy(cell, accuracy) {
  const whole = accuracy !== null && accuracy.images === null;
  cell.textContent = accuracy === null ? "" : percentage(accuracy.share, whole ? 2 : 1);
  cell.title = accuracy === null ? "" : whole ? "of all test images" : `of the first ${accuracy.images} test images`;
  cell.classList.toggle("final", whole);
}

function timeLeft(row, progress) {
  const seconds = progress.secondsLeft(row);
  if (progress.over || seconds === 0) return "";
  if (seconds !== null) return duration(seconds);
  if (row.step > 0) return "";
  if (row.startupSeconds !== null) return `started in ${duration(row.startupSeconds)}`;
  return progress.turnOf(row) ? "starts" : "waits";
}
