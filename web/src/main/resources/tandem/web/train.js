// The tab Train.

import { post } from "./api.js";
import { engineChoice } from "./engines.js";
import { rowName } from "./progress.js";
import { recipeFields } from "./recipe.js";
import { on, server } from "./server.js";
import { currentTab } from "./tabs.js";
import { list, percentage } from "./text.js";
import { TrainingView } from "./trainingview.js";

const WAITING = ["running", "pausing", "paused", "queued"];

export function startTrain() {
  const now = document.getElementById("train-now");
  const others = document.getElementById("train-list");
  let view = null;

  function watch(training) {
    view?.close();
    view = new TrainingView(training, { ended: progress => now.prepend(lastWord(progress, row => view.use(row)) ?? "") });
    now.replaceChildren(view.element);
  }

  makeForm(training => {
    watch(training);
    view.element.scrollIntoView({ block: "nearest" });
  });

  /** After a reload the page goes on with what is learning. */
  function shown() {
    const active = server.trainings.find(training => WAITING.includes(training.state));
    if (!view && active) watch(active);
  }

  on("trainings", () => {
    // Not on a hidden tab: every stream is one of the browser's six connections.
    if (currentTab() === "train") shown();
    others.replaceChildren(...rest(server.trainings, view?.progress.training.id, watch));
  });
  return { shown };
}

function makeForm(started) {
  const form = document.getElementById("train-form");
  const engines = engineChoice(engine => engine.trains, name => name === "java");
  const recipe = recipeFields();
  const epochs = element("input", { type: "number", name: "epochs", min: "1", max: "100", value: "1", required: true });
  const limit = element("input", { type: "number", name: "trainLimit", min: "1", placeholder: "all 60,000" });
  const refusal = element("p", { class: "refusal", role: "alert" });
  form.append(engines.element,
    element("div", { class: "fields" },
      element("label", { class: "field" }, element("span", {}, "Epochs"), epochs),
      element("label", { class: "field" }, element("span", {}, "Training images"), limit)),
    recipe.element,
    element("div", { class: "actions" }, element("button", { class: "primary", id: "train-start" }, "Start")), refusal);
  form.addEventListener("submit", async event => {
    event.preventDefault();
    refusal.textContent = "";
    try {
      if (engines.value().length === 0) throw new Error("Choose an engine.");
      started(await post("api/trainings", {
        engines: engines.value(), epochs: epochs.valueAsNumber, recipe: recipe.value(),
        trainLimit: Number.isNaN(limit.valueAsNumber) ? null : limit.valueAsNumber, testLimit: null,
      }));
    } catch (problem) {
      refusal.textContent = problem.message;
    }
  });
}

/** What to do with a training that has ended. */
function lastWord(progress, use) {
  if (progress.training.state !== "done") return null;
  const results = [...progress.rows.values()].filter(row => row.accuracy && !row.missing);
  if (results.length === 0) return null;
  return element("p", { class: "sentence good" },
    `Test images read right: ${list(results.map(row => `${row.name} ${percentage(row.accuracy.share)}`))}. `,
    results.length > 1 ? "These models can answer in Draw. " : "This model can answer in Draw. ",
    element("button", { class: "primary", type: "button", onclick: () => use(results[0]) }, `Draw with ${results[0].name}\u2019s model`));
}

function rest(trainings, shown, watch) {
  const others = trainings.filter(training => training.id !== shown);
  if (others.length === 0) return [];
  const line = ({ rows, epochs, state }) =>
    `${list(rows.map(rowName))}, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}: ${state}`;
  const items = others.map(training => element("li", {},
    element("button", { type: "button", onclick: () => watch(training) }, `Training ${training.id}`), " ", line(training)));
  return [element("h3", {}, "Other trainings"), element("ul", { class: "plain" }, ...items)];
}
