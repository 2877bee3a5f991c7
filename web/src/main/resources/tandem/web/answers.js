// The engines' ten probabilities as small bars: a row for each engine, a column for each digit, one scale for all.

import { post } from "./api.js";
import { known } from "./server.js";
import { list, sentence } from "./text.js";

const DIGITS = [...Array(10).keys()];

export class Answers {
  #rows = new Map();
  #body = element("tbody");

  constructor(caption) {
    const head = element("tr", {}, element("th", { scope: "col" }, "engine"),
      ...DIGITS.map(digit => element("th", { scope: "col", class: "digit" }, String(digit))),
      element("th", { scope: "col", class: "says" }, "says"),
      element("th", { scope: "col", class: "millis" }, "ms"));
    this.element = element("table", { class: "answers" },
      element("caption", { class: "visually-hidden" }, caption), element("thead", {}, head), this.#body);
  }

  /** A row for each engine of the server, also before it has answered. */
  expect(engines) {
    for (const [name, row] of this.#rows) {
      if (!engines.some(engine => engine.engine === name)) {
        row.element.remove();
        this.#rows.delete(name);
      }
    }
    for (const { engine, state, reason } of engines) {
      const row = this.#row(engine);
      row.element.dataset.state = state;
      row.state.textContent = state === "starting" || state === "failed" ? state : "";
      row.state.title = reason ?? "";
      if (state !== "failed") row.element.classList.remove("silent");
      if (state === "unavailable") this.#say(row, reason ?? "it does not run on this machine");
      if (state === "absent") {
        this.#say(row, reason ?? "it is not built here yet");
        const get = element("button", { type: "button", onclick: () => wake(engine, get) }, `Get ${engine}`);
        row.silence.append(" ", get);
      }
    }
  }

  show(answer) {
    if (answer.engines.length > 1) this.#markOdd(answer.engines);
    answer.engines.forEach(result => this.#show(result));
    (answer.missing ?? []).forEach(({ engine, reason, status }) => this.#say(this.#row(engine), reason ?? status));
  }

  /** The answers are of an older drawing, except that of one engine. */
  stale() {
    for (const row of this.#rows.values()) row.element.classList.add("stale");
  }

  blank() {
    for (const row of this.#rows.values()) {
      row.bars.forEach(bar => bar.style.setProperty("--p", 0));
      row.shares.forEach(share => { share.textContent = ""; });
      row.says.textContent = row.millis.textContent = "";
      row.element.classList.remove("stale", "odd");
      row.element.querySelectorAll(".top").forEach(cell => cell.classList.remove("top"));
    }
  }

  #markOdd(results) {
    const counts = new Map();
    for (const { digit } of results) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    const most = Math.max(...counts.values());
    for (const { engine, digit } of results) this.#row(engine).element.classList.toggle("odd", counts.get(digit) < most);
  }

  #show({ engine, digit, probabilities, millis }) {
    const row = this.#row(engine);
    row.element.classList.remove("stale", "silent");
    probabilities.forEach((probability, i) => {
      row.bars[i].style.setProperty("--p", probability.toFixed(4));
      row.bars[i].parentElement.classList.toggle("top", i === digit);
      row.shares[i].textContent = `${percent(probability)}%`;
      row.bars[i].parentElement.title = `${engine}: ${i} with ${percent(probability)}%`;
    });
    row.says.replaceChildren(element("b", {}, String(digit)), element("small", {}, `${percent(probabilities[digit])}%`));
    row.millis.textContent = millis < 10 ? millis.toFixed(1) : Math.round(millis);
  }

  #say(row, reason) {
    row.element.classList.add("silent");
    row.element.classList.remove("stale");
    row.silence.textContent = sentence(reason);
  }

  #row(engine) {
    const found = this.#rows.get(engine);
    if (found) return found;
    const bars = DIGITS.map(() => element("i"));
    const shares = DIGITS.map(() => element("span", { class: "visually-hidden" }));
    const row = {
      bars, shares,
      state: element("small", { class: "state" }),
      says: element("td", { class: "says" }),
      millis: element("td", { class: "millis" }),
      silence: element("td", { class: "silence", colspan: "12" }),
    };
    row.element = element("tr", { "--c": engineColour(known(engine)) },
      element("th", { scope: "row" }, engineLabel(engine), row.state),
      ...DIGITS.map(i => element("td", { class: "digit" }, bars[i], shares[i])),
      row.says, row.millis, row.silence);
    this.#rows.set(engine, row);
    this.#body.append(row.element);
    return row;
  }
}

async function wake(engine, button) {
  button.disabled = true;
  try {
    await post(`api/engines/${encodeURIComponent(engine)}/wake`);
  } catch (problem) {
    button.replaceWith(problem.message);
  }
}

/** What the engines say together, in a sentence. */
export function verdict(results) {
  if (results.length === 0) return { agree: true, sentence: "No engine has answered." };
  if (results.length === 1) {
    const [{ engine, digit, probabilities }] = results;
    return { agree: true, sentence: `${engine} says ${digit}, ${percent(probabilities[digit])}% sure.` };
  }
  const groups = new Map();
  for (const { engine, digit } of results) groups.set(digit, [...(groups.get(digit) ?? []), engine]);
  if (groups.size === 1) return { agree: true, sentence: `All ${results.length} engines say ${results[0].digit}.` };
  const parts = [...groups].sort((a, b) => b[1].length - a[1].length)
    .map(([digit, engines]) => engines.length === 1 ? `${engines[0]} says ${digit}`
      : `${engines.length > 2 ? `${engines.length} engines` : list(engines)} say ${digit}`);
  return { agree: false, sentence: `They disagree: ${parts.join("; ")}.` };
}
