// A training to watch: its networks, its curves, its buttons.

import { post, put, remove } from "./api.js";
import { Learners } from "./learners.js";
import { LiveChart } from "./livechart.js";
import { Progress } from "./progress.js";
import { soon } from "./soon.js";
import { stream } from "./stream.js";
import { list, percentage } from "./text.js";

const STATES = {
  queued: "It waits for the work before it.", running: "It is learning.", pausing: "It pauses.", paused: "It is paused.",
  done: "It is done.", stopped: "It was stopped.", failed: "It failed.",
};

export class TrainingView {
  #stop;
  #ended;
  #stopping = false;
  #showSoon = soon(() => this.#show());
  #title = element("h3");
  #state = element("p", { class: "state-line", role: "status" });
  #buttons = element("div", { class: "actions" });
  #notices = element("ul", { class: "notices" });
  #learners = new Learners(row => this.use(row));
  #loss = new LiveChart({
    title: "Loss", note: "Thin: every step. Thick: mean over the last 50 steps.",
    x: { name: "step", unit: "", scale: "linear" }, y: { name: "loss", unit: "", scale: "log" },
  });
  #accuracy = new LiveChart({
    title: "Accuracy", note: "Every 100 steps on the first 1,000 test images, after an epoch on all.",
    x: { name: "step", unit: "", scale: "linear" }, y: { name: "accuracy", unit: "%", scale: "linear" },
  });

  /** Follows the training from its first event. `ended` is told its end once, with the progress. */
  constructor(training, { small = false, ended = () => {} } = {}) {
    this.progress = new Progress(training);
    this.#ended = ended;
    const charts = small ? [this.#accuracy, this.#loss] : [this.#loss, this.#accuracy];
    this.element = element("article", { class: small ? "training small" : "training" },
      element("div", { class: "top" }, element("div", {}, this.#title, this.#state), this.#buttons),
      this.#learners.element,
      element("div", { "aria-live": "polite" }, this.#notices),
      element("div", { class: "blocks" }, ...charts.map(chart => chart.element)));
    this.#stop = stream(`api/trainings/${training.id}/events`, this.progress.handlers(type => this.#changed(type)), {
      opened: resumed => {
        if (!resumed) this.progress.restart();
      },
      refused: () => this.#stop(),
    });
    this.#show();
  }

  close() {
    this.#stop();
    this.element.remove();
  }

  /** Lets the model of a row answer in Draw. */
  async use(row) {
    await this.#act(async () => {
      await put("api/model", { run: this.progress.runOf(row), engine: row.engine });
      location.hash = "#draw";
    });
  }

  #changed(type) {
    if (type === "end") {
      this.#stop();
      this.#ended(this.progress);
    }
    this.#showSoon();
  }

  #show() {
    const { training, notices, over } = this.progress;
    const rows = [...this.progress.rows.values()];
    this.#title.textContent = `Training ${training.id}: ${list(rows.map(row => row.name))}`;
    this.element.dataset.state = training.state;
    const stopping = this.#stopping && !over ? "It stops and keeps what is done." : null;
    this.#say(training.failure ?? stopping ?? STATES[training.state]);
    this.#showButtons(training);
    if (this.#notices.childElementCount !== notices.length) {
      this.#notices.replaceChildren(...notices.map(notice => element("li", {}, notice)));
    }
    this.#learners.show(this.progress);
    const until = Math.max(...rows.map(row => this.progress.stepsOf(row)));
    this.#loss.show(rows.flatMap(row => row.curves()), { until, description: describeLoss(rows) });
    this.#accuracy.show(rows.map(row => ({ engine: row.name, style: "plain", points: row.accuracies })),
      { until, description: describeAccuracy(rows) });
  }

  /** Screen readers read what is written, also when it is the same. */
  #say(line) {
    if (this.#state.textContent !== line) this.#state.textContent = line;
  }

  #showButtons({ id, state }) {
    if (this.#buttons.dataset.state === state) return;
    this.#buttons.dataset.state = state;
    const path = `api/trainings/${id}`;
    const button = (text, act) => element("button", { type: "button", onclick: () => this.#act(act) }, text);
    this.#buttons.replaceChildren(...[
      state === "running" ? button("Pause", () => post(`${path}/pause`)) : null,
      state === "paused" ? button("Go on", () => post(`${path}/resume`)) : null,
      this.progress.over ? null : button("Stop", async () => {
        await remove(path);
        this.#stopping = true;
        this.#showSoon();
      }),
    ].filter(Boolean));
  }

  /** What comes of it is told by the events. */
  async #act(act) {
    try {
      await act();
    } catch (problem) {
      this.#say(problem.message);
    }
  }
}

function describeLoss(rows) {
  const parts = rows.filter(row => row.loss !== null).map(row => `${row.name} ${row.loss.toFixed(3)} after ${row.step} steps`);
  return `Chart of the loss. ${list(parts)}`;
}

function describeAccuracy(rows) {
  const parts = rows.filter(row => row.accuracy).map(row => `${row.name} ${percentage(row.accuracy.share, 1)}`);
  return `Chart of the accuracy. ${list(parts)}`;
}
