// "Fool it": the least change of the drawing that turns the answer.

import { post } from "./api.js";
import { Answers, verdict } from "./answers.js";
import { newest } from "./newest.js";
import { Picture } from "./pictures.js";
import { server } from "./server.js";
import { oneOf, percentage } from "./text.js";

export function foolPanel(place, reading) {
  const [before, after, change] = ["Before", "After", "Change"].map(name => new Picture(name));
  const figure = (picture, text) => element("figure", {}, picture.canvas, element("figcaption", {}, text));
  const sentence = element("p", { class: "sentence", role: "status" });
  const note = element("p", { class: "note" });
  const answers = new Answers("Probabilities of the ten digits for the changed drawing, by every engine");
  place.append(element("div", { class: "triple" },
    figure(before, "before"), figure(change, "change: orange is added ink, blue is removed ink"), figure(after, "after")),
  element("div", {}, sentence, answers.element, note));

  const ask = newest(async () => {
    const { seen } = reading;
    if (!seen || place.hidden) return;
    sentence.textContent = "Looking for the least change\u2026";
    try {
      const fooled = await post("api/fool", { pixels: seen });
      before.ink(seen);
      after.ink(fooled.pixels);
      change.signed(fooled.pixels.map((value, i) => value - seen[i]));
      sentence.textContent = `This turns ${oneOf(fooled.from)} into ${oneOf(fooled.to)}. ${verdict(fooled.engines).sentence}`;
      note.textContent = `Found in ${fooled.steps} steps from the gradient. No pixel changes by more than `
        + `${percentage(fooled.largest, 0)} of the way from paper to ink; the length of the whole change is ${fooled.l2.toFixed(2)}.`;
      answers.expect(server.engines);
      answers.show(fooled);
    } catch (problem) {
      sentence.textContent = problem.message;
    }
  });

  return {
    show: ask,
    renew: ask,
    blank() {
      [before, after, change].forEach(picture => picture.clear());
      answers.blank();
      sentence.textContent = "Draw a digit first.";
      note.textContent = "";
    },
  };
}
