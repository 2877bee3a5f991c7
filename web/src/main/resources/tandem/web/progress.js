// A training as its events tell it. No element of the page is known here.

import { known } from "./server.js";

const MEAN_OVER = 50;
// The first steps compile code, and say nothing of the speed; later, single reports of it jump.
const WARM_STEPS = 60;
const SMOOTHING = 0.15;
const POINTS_OF_A_LINE = 400;
const COPIES = ["first copy", "second copy"];
const OVER = ["done", "stopped", "failed"];

/** Copies that learn side by side do not go by their engine's name. */
export function rowName({ row, engine }, i) {
  return row === engine ? engine : COPIES[i] ?? `copy ${i + 1}`;
}

/** One engine, or one copy of the network. */
class Row {
  steps = [];
  sums = [0];
  tested = [];
  epochs = [];
  imagesPerSecond = null;
  startupSeconds = null;
  missing = null;

  constructor(id, name, engine, recipe, index) {
    Object.assign(this, { id, name: known(name), engine, recipe, index });
  }

  add([step, loss]) {
    this.steps.push([step, loss]);
    this.sums.push(this.sums.at(-1) + loss);
  }

  /** Goes on from a step, after a pause or a worker that died: what came after it is made again. */
  goOn(step) {
    const kept = this.steps.findIndex(point => point[0] >= step);
    if (kept >= 0) {
      this.steps.length = kept;
      this.sums.length = kept + 1;
    }
    this.tested = this.tested.filter(test => test.step <= step);
    this.epochs = this.epochs.filter(epoch => epoch.after <= step);
  }

  get step() {
    return this.steps.length === 0 ? 0 : this.steps.at(-1)[0] + 1;
  }

  get loss() {
    return this.steps.length === 0 ? null : this.#mean(this.steps.length - 1);
  }

  /** The newest accuracy, and on how many images it was tested; null images are all of them. */
  get accuracy() {
    const epoch = this.epochs.at(-1);
    const test = this.tested.at(-1);
    if (epoch && (!test || epoch.after >= test.step)) return { share: epoch.testAccuracy, images: null };
    return test ? { share: test.accuracy, images: test.images } : null;
  }

  /** Accuracies in percent by step, those of single epochs among them. */
  get accuracies() {
    return [
      ...this.tested.map(test => [test.step, 100 * test.accuracy]),
      ...this.epochs.map(epoch => [epoch.after, 100 * epoch.testAccuracy]),
    ].sort((a, b) => a[0] - b[0]);
  }

  /** Every n-th loss, and every n-th mean over the last 50 steps: enough for the width of a screen. */
  curves() {
    const every = Math.ceil(this.steps.length / POINTS_OF_A_LINE) || 1;
    const chosen = this.steps.map((_, i) => i).filter(i => i % every === 0 || i === this.steps.length - 1);
    return [
      { engine: this.name, style: "raw", points: chosen.map(i => this.steps[i]) },
      { engine: this.name, style: "plain", points: chosen.map(i => [this.steps[i][0], this.#mean(i)]) },
    ];
  }

  #mean(i) {
    const from = Math.max(0, i + 1 - MEAN_OVER);
    return (this.sums[i + 1] - this.sums[from]) / (i + 1 - from);
  }
}

export class Progress {
  rows = new Map();
  notices = [];

  constructor(training) {
    this.training = training;
    this.restart();
  }

  /** Forgets the events: they come again from the first. */
  restart() {
    this.rows.clear();
    this.notices = [];
    this.#takeRows(this.training);
  }

  get over() {
    return OVER.includes(this.training.state);
  }

  /** Steps of the whole training; a copy with another batch size has its own number of them. */
  stepsOf(row) {
    const { epochs, steps, imagesPerEpoch } = this.training;
    const batch = row.recipe?.batchSize;
    return batch ? epochs * Math.ceil(imagesPerEpoch / batch) : steps;
  }

  /** All engines of a comparison share a run; copies of one network have a run each. */
  runOf(row) {
    const { runs, rows } = this.training;
    return (runs?.length === rows.length ? runs[row.index] : runs?.[0]) ?? null;
  }

  /** Engines learn one after the other, copies side by side. */
  turnOf(row) {
    const before = [...this.rows.values()].filter(other => other.index < row.index);
    const alone = row.name === row.engine;
    return this.training.state === "running" && (!alone || before.every(other => other.missing || this.share(other) === 1));
  }

  share(row) {
    if (this.training.state === "done" && !row.missing) return 1;
    return Math.min(1, row.step / this.stepsOf(row));
  }

  secondsLeft(row) {
    if (!row.imagesPerSecond || row.step < WARM_STEPS || row.missing) return null;
    const { epochs, imagesPerEpoch } = this.training;
    return ((1 - this.share(row)) * epochs * imagesPerEpoch) / row.imagesPerSecond;
  }

  /** Functions for a stream's events; each ends with a call of `changed`. */
  handlers(changed) {
    const take = {
      state: training => { this.#takeRows(training); },
      end: training => { this.#takeRows(training); },
      ready: ({ row, startupSeconds, firstStep = 0 }) => {
        this.#row(row).startupSeconds = startupSeconds;
        this.#row(row).goOn(firstStep);
      },
      steps: ({ row, points, imagesPerSecond }) => {
        const found = this.#row(row);
        points.forEach(point => found.add(point));
        found.imagesPerSecond = found.imagesPerSecond === null || found.step < WARM_STEPS ? imagesPerSecond
          : found.imagesPerSecond + SMOOTHING * (imagesPerSecond - found.imagesPerSecond);
      },
      tested: test => { this.#row(test.row).tested.push(test); },
      epoch: epoch => {
        const row = this.#row(epoch.row);
        row.epochs.push({ ...epoch, after: row.step });
      },
      missing: ({ row, status, reason }) => { this.#row(row).missing = reason ?? status; },
      notice: ({ sentence }) => { this.notices.push(sentence); },
    };
    return Object.fromEntries(Object.entries(take).map(([type, handle]) => [type, data => {
      handle(data);
      changed(type, data);
    }]));
  }

  #takeRows(training) {
    this.training = training;
    training.rows.forEach((row, i) => {
      if (!this.rows.has(row.row)) {
        this.rows.set(row.row, new Row(row.row, rowName(row, i), row.engine, row.recipe, i));
      }
    });
  }

  #row(id) {
    if (!this.rows.has(id)) this.rows.set(id, new Row(id, id, id, null, this.rows.size));
    return this.rows.get(id);
  }
}
