// Choosing engines.

import { on, server } from "./server.js";

/** Check boxes of the engines that can do the work, with the state of each. */
export function engineChoice(able, chosen) {
  const boxes = new Map();
  const place = element("fieldset", { class: "engines" }, element("legend", {}, "Engines"));
  on("engines", () => {
    for (const engine of server.engines.filter(able)) {
      const box = boxes.get(engine.engine) ?? add(engine.engine);
      box.field.disabled = engine.state === "unavailable";
      if (box.field.disabled) box.field.checked = false;
      box.state.textContent = engine.state === "unavailable" ? engine.reason ?? "unavailable" : engine.state;
      box.state.dataset.state = engine.state;
    }
  });

  function add(name) {
    const field = element("input", { type: "checkbox", value: name, checked: chosen(name) });
    const state = element("small", { class: "state" });
    boxes.set(name, { field, state });
    place.append(element("label", { class: "check" }, field, engineLabel(name), state));
    return boxes.get(name);
  }

  return { element: place, value: () => [...boxes].filter(([, box]) => box.field.checked).map(([name]) => name) };
}

/** One engine of those that train. */
export function engineSelect() {
  const select = element("select", { name: "engine" });
  on("engines", () => {
    const { value } = select;
    select.replaceChildren(...server.engines.filter(engine => engine.trains && engine.state !== "unavailable")
      .map(engine => element("option", {}, engine.engine)));
    if (value) select.value = value;
  });
  return select;
}
