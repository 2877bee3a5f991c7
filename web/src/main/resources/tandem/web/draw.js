// The tab Draw.

import { get, postPicture } from "./api.js";
import { Answers, verdict } from "./answers.js";
import { EXAMPLES } from "./examples.js";
import { foolPanel } from "./fool.js";
import { pad } from "./pad.js";
import { listenForPictures, prepared } from "./photo.js";
import { Picture } from "./pictures.js";
import { on, server } from "./server.js";
import { currentTab } from "./tabs.js";
import { list, oneOf, percentage } from "./text.js";
import { TrainingView } from "./trainingview.js";
import { whyPanel } from "./why.js";

// An engine that sleeps needs a second or more to answer; until then the fast one speaks for all.
const PATIENCE_MILLIS = 500;
const FIRST_LEARNS = "The first model is learning, on your machine. Draw meanwhile.";
const PROMPTS = ["Draw a digit from 0 to 9.", "Trained: draw a digit from 0 to 9.",
  "It still learns, and reads already: draw a digit from 0 to 9."];

const byId = id => document.getElementById(id);

export function startDraw(drawing, reading) {
  byId("draw-pad").append(pad(drawing));
  byId("brush").addEventListener("input", event => { drawing.brush = event.target.valueAsNumber; });
  byId("undo").addEventListener("click", () => drawing.undo());
  byId("clear").addEventListener("click", () => drawing.clear());
  document.querySelector(".examples").append(...EXAMPLES.map((strokes, digit) => element("button", {
    type: "button", "aria-label": `Draw ${oneOf(digit)}`, onclick: () => drawing.strokes(strokes),
  }, String(digit))));

  showAnswers(reading);
  showModel(drawing, reading);
  takePictures(drawing, reading);
  const panels = [
    openedBy(byId("why"), byId("why-panel"), whyPanel(byId("why-panel"), reading)),
    openedBy(byId("fool"), byId("fool-panel"), foolPanel(byId("fool-panel"), reading)),
  ];
  reading.addEventListener("all", event => {
    if (event.detail.current) panels.forEach(panel => panel.renew());
  });
  reading.addEventListener("blank", () => panels.forEach(panel => panel.blank()));
  return {};
}

function openedBy(button, place, panel) {
  button.addEventListener("click", () => {
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    if (place.hidden) return;
    panel.show();
    place.scrollIntoView({ block: "nearest" });
  });
  panel.blank();
  return panel;
}

function showAnswers(reading) {
  const seen = new Picture("The 28 by 28 pixels that the network sees");
  byId("seen").prepend(seen.canvas);
  const answers = new Answers("Probabilities of the ten digits, by every engine");
  byId("answers").append(answers.element);
  const sentence = byId("verdict");
  const say = (text, mark = "") => {
    if (sentence.textContent !== text) sentence.textContent = text;
    sentence.dataset.mark = mark;
  };

  on("engines", () => answers.expect(server.engines));
  let alone = 0;
  reading.addEventListener("stale", () => {
    answers.stale();
    clearTimeout(alone);
    if (!server.model) say("The engines read it as soon as the first model is trained.");
    else if (PROMPTS.includes(sentence.textContent)) say("The engines read it\u2026");
  });
  reading.addEventListener("quick", ({ detail: { answer, current, millis } }) => {
    seen.ink(answer.pixels);
    answers.show(answer);
    clearTimeout(alone);
    if (current) alone = setTimeout(() => say(verdict(answer.engines).sentence), PATIENCE_MILLIS);
    byId("speed").textContent = `From your hand to the bars: ${millis.toFixed(0)} ms.`;
  });
  reading.addEventListener("all", ({ detail: { answer, current } }) => {
    if (!current) return;
    clearTimeout(alone);
    seen.ink(answer.pixels);
    answers.show(answer);
    const { agree, sentence: text } = verdict(answer.engines);
    say(text, answer.engines.length < 2 ? "" : agree ? "agree" : "disagree");
  });
  reading.addEventListener("problem", ({ detail }) => say(detail.message, "problem"));
  reading.addEventListener("blank", () => {
    clearTimeout(alone);
    seen.clear();
    answers.blank();
    byId("speed").textContent = "";
    if (server.model) say(PROMPTS[0]);
  });
  let waited = false;
  on("model", () => {
    if (!server.model) say(server.training ? FIRST_LEARNS : "There is no model yet.");
    // What is drawn has its verdict.
    else if (reading.seen === null) say(PROMPTS[server.training ? 2 : waited ? 1 : 0]);
    waited = !server.model || server.training !== null;
  });
}

/** Which model answers; while there is none, the training of the first. */
function showModel(drawing, reading) {
  const place = byId("first");
  let watched = null;
  let shown = null;

  async function watchFirst(id) {
    watched = id;
    try {
      const training = await get(`api/trainings/${id}`);
      place.replaceChildren(new TrainingView(training, { small: true, ended: progress => {
        if (progress.training.state !== "done") place.append(trainOne());
      } }).element);
    } catch (problem) {
      place.replaceChildren(problem.message);
    }
  }

  on("model", () => {
    const { model, training } = server;
    byId("answers").hidden = !model;
    place.hidden = model !== null && watched === null;
    document.querySelectorAll("#why, #fool").forEach(button => { button.disabled = !model; });
    if (!model) {
      if (training && watched !== training) watchFirst(training);
      if (!training) place.replaceChildren(trainOne());
      return;
    }
    byId("model").replaceChildren(`The weights are those of ${model.name}`,
      model.testAccuracy === null ? ". " : `, ${percentage(model.testAccuracy)} of the test images right. `,
      element("a", { href: "#runs" }, "Choose others"));
    const id = `${model.run} ${model.engine} ${model.name}`;
    if (shown !== id && !drawing.empty) reading.read();
    shown = id;
  });
}

function trainOne() {
  return element("a", { class: "button primary", href: "#train" }, "Train one");
}

function takePictures(drawing, reading) {
  const refusal = byId("refusal");
  const found = byId("found");
  const say = text => {
    refusal.textContent = text;
    refusal.hidden = text === "";
  };
  drawing.addEventListener("change", () => {
    say("");
    found.hidden = true;
  });
  /** Of several digits, the number, and a button for each to look at it. */
  const choose = digits => {
    if (digits.length < 2) return;
    const numbers = [];
    const buttons = digits.map(({ number, pixels, engines, unsure }) => {
      const digit = String(engines[0]?.digit ?? "?");
      numbers[number] = (numbers[number] ?? "") + digit;
      return element("button", {
        type: "button", "aria-label": `Look at ${digit}`, title: unsure ? "unsure" : "",
        onclick: () => {
          drawing.picture(pixels);
          found.hidden = false;
        },
      }, unsure ? `${digit}?` : digit);
    });
    found.replaceChildren(`The picture shows ${list(numbers)}. Look at one: `, ...buttons);
    found.hidden = false;
  };
  listenForPictures({
    button: byId("choose"), input: byId("file"), active: () => currentTab() === "draw",
    async take(file) {
      say("");
      try {
        const answer = await postPicture("api/predict?engines=java", await prepared(file));
        drawing.picture(answer.pixels);
        choose(answer.digits);
      } catch (problem) {
        say(problem.message);
      }
    },
  });
}
