// "Why": which pixels speak for a digit. The gradient of its logit by every pixel, laid over the drawing.

import { post } from "./api.js";
import { newest } from "./newest.js";
import { Picture } from "./pictures.js";
import { oneOf } from "./text.js";

export function whyPanel(place, reading) {
  const picture = new Picture("Gradient over the drawing");
  const sentence = element("p", { class: "sentence", role: "status" });
  const digits = element("div", { class: "choices", role: "group", "aria-label": "Speaks for which digit" });
  let chosen = null;
  const buttons = [...Array(10).keys()].map(digit => element("button", {
    type: "button", "aria-pressed": "false",
    onclick: () => {
      chosen = digit;
      ask();
    },
  }, String(digit)));
  digits.append(...buttons);
  place.append(element("figure", { class: "large" }, picture.canvas),
    element("div", {}, sentence, digits,
      element("p", { class: "note" }, "Orange: more ink here speaks for the digit. Blue: more ink here speaks against it. ",
        "Each pixel is the gradient of the digit's logit by that pixel.")));

  const ask = newest(async () => {
    const { seen } = reading;
    if (!seen || place.hidden) return;
    try {
      const { digit, gradient, logits } = await post("api/explain", { pixels: seen, digit: chosen });
      picture.signed(gradient, seen);
      picture.label(`Gradient of the logit of ${digit} over the drawing`);
      const best = logits.indexOf(Math.max(...logits));
      sentence.textContent = digit === best ? `Why ${digit}?` : `What would make it ${oneOf(digit)}, not ${oneOf(best)}?`;
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === digit)));
    } catch (problem) {
      sentence.textContent = problem.message;
    }
  });

  return {
    show: ask,
    /** For a new drawing, its own answer. */
    renew() {
      chosen = null;
      ask();
    },
    blank() {
      picture.clear();
      sentence.textContent = "Draw a digit first.";
    },
  };
}
