// The tab Differences: the notebooks' six choices as switches on the second of two copies of the network.

import { post } from "./api.js";
import { engineSelect } from "./engines.js";
import { PRESETS } from "./recipe.js";
import { percentage } from "./text.js";
import { TrainingView } from "./trainingview.js";

const [PYTORCH, TENSORFLOW] = ["published-pytorch", "published-tensorflow"];
const NOTEBOOKS = [[PYTORCH, "PyTorch notebook"], [TENSORFLOW, "TensorFlow notebook"]];

// The effects in points, of docs/results/differences.md: ten epochs, five seeds, for the one notebook and the other.
const CHOICES = [
  { title: "Loss", fields: ["loss"], words: { "double-softmax": "softmax twice", "cross-entropy": "cross-entropy" },
    measured: ["+0.41 \u00b1 0.09", "\u22120.27 \u00b1 0.12"] },
  { title: "Learning rate falls", fields: ["schedule"], words: { epoch: "every epoch", batch: "every batch, slowly" },
    measured: ["\u22120.01 \u00b1 0.06", "\u22120.00 \u00b1 0.14"] },
  { title: "Adadelta's constants", fields: ["rho", "epsilon"], words: { "0.9": "0.9 and 1e-6", "0.95": "0.95 and 1e-7" },
    measured: ["+0.01 \u00b1 0.11", "+0.01 \u00b1 0.08"] },
  { title: "Initial weights", fields: ["weightInitialiser"], words: { "fan-in": "by fan-in", glorot: "Glorot's" },
    measured: ["\u22120.02 \u00b1 0.04", "\u22120.02 \u00b1 0.05"] },
  { title: "Initial biases", fields: ["biasInitialiser"], words: { "fan-in": "random", zero: "zero" },
    measured: ["+0.03 \u00b1 0.06", "\u22120.01 \u00b1 0.09"] },
  { title: "Order of images", fields: ["shuffle"], words: { false: "always the same", true: "new every epoch" },
    measured: ["\u22120.05 \u00b1 0.09", "\u22120.04 \u00b1 0.18"] },
];

const picked = (recipe, fields) => Object.fromEntries(fields.map(name => [name, recipe[name]]));

export function startDifferences() {
  const form = document.getElementById("differences-form");
  const now = document.getElementById("differences-now");
  let view = null;

  const notebook = element("select", { name: "notebook" }, ...NOTEBOOKS.map(([value, text]) => element("option", { value }, text)));
  const engine = engineSelect();
  const epochs = element("input", { type: "number", name: "epochs", min: "1", max: "50", value: "1", required: true });
  const images = element("input", { type: "number", name: "trainLimit", min: "64", placeholder: "all 60,000" });
  const refusal = element("p", { class: "refusal", role: "alert" });
  const known = element("p", { class: "note", role: "status" });
  const switches = CHOICES.map(choice => new Choice(choice, measured));
  const labelled = (text, field) => element("label", { class: "field" }, element("span", {}, text), field);

  const other = () => NOTEBOOKS.find(([name]) => name !== notebook.value)[0];

  /** What is known of the choices that are flipped. */
  function measured() {
    const flipped = switches.filter(choice => choice.flipped);
    switches.forEach(choice => choice.show(PRESETS[notebook.value], PRESETS[other()]));
    const place = notebook.value === PYTORCH ? 0 : 1;
    known.textContent = flipped.length === 0 ? "Flip a choice. Without one, the copies learn the same."
      : flipped.length === 1
        ? `Measured before, over five seeds and ten epochs: ${flipped[0].choice.measured[place]} points of test accuracy.`
        : "Only single choices were measured before. Flip one alone to see its effect.";
  }

  notebook.addEventListener("change", measured);
  form.append(
    element("div", { class: "fields" }, labelled("Both copies start from the", notebook), labelled("Engine", engine),
      labelled("Epochs", epochs), labelled("Training images", images)),
    element("fieldset", { class: "flips" }, element("legend", {}, "The second copy does otherwise:"),
      ...switches.map(choice => choice.element)),
    known,
    element("div", { class: "actions" }, element("button", { class: "primary" }, "Let both learn")), refusal);
  measured();

  form.addEventListener("submit", async event => {
    event.preventDefault();
    refusal.textContent = "";
    const flipped = switches.filter(choice => choice.flipped);
    const change = Object.assign({}, ...flipped.map(({ choice }) => picked(PRESETS[other()], choice.fields)));
    const preset = notebook.value;
    try {
      const training = await post("api/trainings", {
        arms: [{ engine: engine.value, recipe: { preset } }, { engine: engine.value, recipe: { preset, ...change } }],
        epochs: epochs.valueAsNumber,
        trainLimit: Number.isNaN(images.valueAsNumber) ? null : images.valueAsNumber, testLimit: null,
      });
      view?.close();
      view = new TrainingView(training, { ended: progress => now.prepend(conclusion(progress, flipped.length > 0)) });
      now.replaceChildren(view.element);
    } catch (problem) {
      refusal.textContent = problem.message;
    }
  });
  return {};
}

/** A choice of the notebooks; flipped, the second copy makes it as the other notebook does. */
class Choice {
  #field;
  #from = element("span", { class: "value" });
  #to = element("span", { class: "value" });

  constructor(choice, changed) {
    this.choice = choice;
    this.#field = element("input", { type: "checkbox", role: "switch", onchange: changed });
    this.element = element("label", { class: "flip" }, this.#field, element("span", { class: "name" }, choice.title),
      this.#from, "\u2192", this.#to);
  }

  get flipped() {
    return this.#field.checked;
  }

  show(from, to) {
    const [first] = this.choice.fields;
    this.#from.textContent = this.choice.words[from[first]];
    this.#to.textContent = this.choice.words[to[first]];
  }
}

function conclusion({ training, rows }, flipped) {
  const [first, second] = [...rows.values()].map(row => row.accuracy?.share);
  if (training.state !== "done" || first === undefined || second === undefined) {
    return element("p", { class: "sentence" }, "It ended early, so there is nothing to compare.");
  }
  const points = 100 * (second - first);
  const size = Math.abs(points).toFixed(2);
  const comparison = size === "0.00" ? `Both end at ${percentage(first)}.`
    : `The second copy ends ${size} points ${points > 0 ? "higher" : "lower"}: ${percentage(second)}, not ${percentage(first)}.`;
  return element("div", {}, element("p", { class: "sentence" }, comparison),
    element("p", { class: "paragraph" }, flipped ? "" : "Nothing was flipped. ",
      "One seed proves little: another seed alone moves the result by about 0.1 points after ten epochs, and by more after one. ",
      "For a proof, run the command with several seeds."),
    command({ text: "./tandem differences --seeds 5" }));
}
