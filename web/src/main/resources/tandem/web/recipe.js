// The choices of a training, by the names that a recipe has on disk.

export const HARMONIZED = {
  batchSize: 64, learningRate: 1, gamma: 0.7, rho: 0.9, epsilon: 1e-6, seed: 42,
  loss: "cross-entropy", weightInitialiser: "fan-in", biasInitialiser: "fan-in", schedule: "epoch", shuffle: true, dropout: true,
};

export const PRESETS = {
  "harmonized": HARMONIZED,
  "published-pytorch": { ...HARMONIZED, loss: "double-softmax", shuffle: false },
  "published-tensorflow": {
    ...HARMONIZED, schedule: "batch", rho: 0.95, epsilon: 1e-7, weightInitialiser: "glorot", biasInitialiser: "zero",
  },
};

const NUMBERS = [
  ["batchSize", "Batch size"], ["learningRate", "Learning rate"], ["gamma", "Schedule's factor"],
  ["rho", "Adadelta's rho"], ["epsilon", "Adadelta's epsilon"], ["seed", "Seed"],
];
const NAMES = [
  ["loss", "Loss", ["cross-entropy", "double-softmax"]],
  ["weightInitialiser", "Initial weights", ["fan-in", "glorot"]],
  ["biasInitialiser", "Initial biases", ["fan-in", "zero"]],
  ["schedule", "Learning rate falls", ["epoch", "batch", "constant"]],
];
const SWITCHES = [["shuffle", "Shuffle every epoch"], ["dropout", "Dropout"]];

/** A form of all choices. `value()` is what differs from the preset, as the server wants it. */
export function recipeFields() {
  const preset = element("select", { name: "preset" }, ...Object.keys(PRESETS).map(name => element("option", {}, name)));
  const fields = new Map();
  const labelled = (title, field) => element("label", { class: "field" }, element("span", {}, title), field);

  const numbers = NUMBERS.map(([name, title]) => {
    const field = element("input", { type: "number", name, step: "any", min: "0", required: true });
    fields.set(name, { read: () => field.valueAsNumber, write: value => { field.value = value; } });
    return labelled(title, field);
  });
  const names = NAMES.map(([name, title, values]) => {
    const field = element("select", { name }, ...values.map(value => element("option", {}, value)));
    fields.set(name, { read: () => field.value, write: value => { field.value = value; } });
    return labelled(title, field);
  });
  const switches = SWITCHES.map(([name, title]) => {
    const field = element("input", { type: "checkbox", name, role: "switch" });
    fields.set(name, { read: () => field.checked, write: value => { field.checked = value; } });
    return element("label", { class: "check" }, field, title);
  });

  const fill = () => fields.forEach((field, name) => field.write(PRESETS[preset.value][name]));
  preset.addEventListener("change", fill);
  fill();
  return {
    element: element("details", { class: "recipe" }, element("summary", {}, "Recipe"),
      element("div", { class: "fields" }, labelled("Start from", preset), ...numbers, ...names, ...switches)),
    value() {
      const chosen = { preset: preset.value };
      fields.forEach((field, name) => {
        if (field.read() !== PRESETS[preset.value][name]) chosen[name] = field.read();
      });
      return chosen;
    },
  };
}
