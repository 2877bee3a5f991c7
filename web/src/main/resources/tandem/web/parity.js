// The tab Parity: an oracle in float64 judges every number of a step, and shows how far rounding drives trainings apart.

import { get, post, remove } from "./api.js";
import { engineChoice } from "./engines.js";
import { LiveChart } from "./livechart.js";
import { known } from "./server.js";
import { soon } from "./soon.js";
import { stream } from "./stream.js";
import { sentence } from "./text.js";

const OVER = ["done", "stopped", "failed"];

export function startParity() {
  const form = document.getElementById("parity-form");
  const now = document.getElementById("parity-now");
  const engines = engineChoice(engine => engine.trains, name => name === "java" || name === "pytorch");
  const refusal = element("p", { class: "refusal", role: "alert" });
  let view = null;

  function watch(parity) {
    view?.close();
    view = new ParityView(parity);
    now.replaceChildren(view.element);
    history.replaceState(null, "", `#parity/${parity.id}`);
  }

  form.append(engines.element, element("div", { class: "actions" }, element("button", { class: "primary" }, "Prove")), refusal);
  form.addEventListener("submit", async event => {
    event.preventDefault();
    refusal.textContent = "";
    try {
      if (engines.value().length === 0) throw new Error("Choose an engine.");
      watch(await post("api/parities", { engines: engines.value() }));
    } catch (problem) {
      refusal.textContent = problem.message;
    }
  });

  return {
    /** The address names the proof, so that a reload goes on with it. */
    async shown([id]) {
      if (view || !id) return;
      try {
        watch(await get(`api/parities/${encodeURIComponent(id)}`));
      } catch {
        history.replaceState(null, "", "#parity"); // A proof of an earlier server.
      }
    },
  };
}

class ParityView {
  #parity;
  #stop;
  #showSoon = soon(() => this.#show());
  #oracle = null;
  #bar = element("progress", { max: "1", value: "0", "aria-label": "progress of the oracle", hidden: true });
  #rows = new Map();
  #state = element("p", { class: "state-line" });
  #stopButton = element("button", { type: "button" }, "Stop");
  #verdicts = element("div", { class: "verdicts", role: "status" });
  #chart = new LiveChart({
    title: "Distance of each engine\u2019s loss from the oracle\u2019s", wide: true,
    note: "Grey: how far the oracle\u2019s own losses move if each initial parameter is moved to the next float32 number. "
      + "Where a line jumps out, a max-pool or a ReLU decided otherwise: from there on the trainings are different, "
      + "and all engines are right.",
    x: { name: "step", unit: "", scale: "linear" }, y: { name: "distance", unit: "", scale: "log" },
  });

  constructor(parity) {
    this.#parity = parity;
    this.#restart();
    this.element = element("article", { class: "training" },
      element("div", { class: "top" }, element("div", {}, element("h3", {}, "Proof"), this.#state),
        element("div", { class: "actions" }, this.#stopButton)),
      this.#bar, this.#verdicts, this.#chart.element);
    this.#stopButton.addEventListener("click", async () => {
      try {
        await remove(`api/parities/${parity.id}`);
      } catch (problem) {
        this.#state.textContent = problem.message;
      }
    });
    const take = {
      state: data => { this.#parity = data; },
      end: data => {
        this.#parity = data;
        this.#stop();
      },
      reference: ({ what, done, total }) => {
        this.#oracle = `First the oracle trains, in float64: ${what}.`;
        this.#bar.value = done / total;
        this.#bar.hidden = done >= total;
      },
      proved: ({ row, proof, proofs }) => { this.#row(row).proofs = `${proof} of ${proofs} steps proved`; },
      divergence: ({ row, points }) => { this.#row(row).points.push(...points); },
      verdict: verdict => { this.#row(verdict.row).verdict = verdict; },
      missing: ({ row, reason, status }) => { this.#row(row).missing = reason ?? status; },
      notice: ({ sentence }) => { this.#state.textContent = sentence; },
    };
    const handlers = Object.fromEntries(Object.entries(take).map(([type, handle]) => [type, data => {
      handle(data);
      this.#showSoon();
    }]));
    this.#stop = stream(`api/parities/${parity.id}/events`, handlers, {
      opened: resumed => {
        if (!resumed) this.#restart();
      },
      refused: () => this.#stop(),
    });
    this.#show();
  }

  close() {
    this.#stop();
    this.element.remove();
  }

  #restart() {
    this.#rows.clear();
    this.#verdicts.replaceChildren();
    this.#parity.rows.forEach(({ row }) => this.#row(row));
  }

  #row(id) {
    if (!this.#rows.has(id)) {
      const words = { large: element("p", { class: "large-word" }), sentence: element("p", { class: "note" }) };
      this.#verdicts.append(element("div", { class: "verdict-card", "--c": engineColour(known(id)) },
        element("h3", {}, engineLabel(id)), words.large, words.sentence));
      this.#rows.set(id, { points: [], proofs: null, verdict: null, missing: null, words });
    }
    return this.#rows.get(id);
  }

  #show() {
    const { state, failure } = this.#parity;
    const over = OVER.includes(state);
    this.#stopButton.hidden = over;
    if (over) this.#bar.hidden = true;
    const line = failure ?? { done: "It is done.", queued: "It waits for the work before it.", stopped: "It was stopped." }[state]
      ?? (this.#bar.hidden ? "Every engine is compared with the oracle." : this.#oracle);
    if (this.#state.textContent !== line) this.#state.textContent = line;
    for (const row of this.#rows.values()) showWords(row, over);
    const rows = [...this.#rows];
    const band = rows.map(([, row]) => row.points.filter(point => point[3] > 0)).find(points => points.length > 0);
    // A logarithmic axis has no 0: a band from 0 begins at the smallest value there is.
    const values = rows.flatMap(([, row]) => row.points.flatMap(([, ...each]) => each.map(Math.abs)));
    const least = Math.min(...values.filter(value => value > 0));
    this.#chart.show(rows.map(([engine, row]) => ({
      engine, style: "plain", points: row.points.map(([step, difference]) => [step, Math.abs(difference)]),
    })), {
      band: band ? { name: "the band", points: band.map(([step, , low, high]) => [step, low > 0 ? low : least, high]) } : null,
      description: `Chart of the distance from the oracle. ${rows.filter(([, row]) => row.points.length > 0)
        .map(([engine, row]) => `${engine} ${number(Math.abs(row.points.at(-1)[1]))} after step ${row.points.at(-1)[0]}`).join(", ")}`,
    });
  }
}

function showWords({ words, verdict, missing, proofs, points }, over) {
  const write = (place, text) => {
    if (place.textContent !== text) place.textContent = text;
  };
  words.large.dataset.passes = verdict ? String(verdict.passes) : "";
  if (verdict) {
    write(words.large, verdict.passes ? "Passes" : "Fails");
    const worst = verdict.worst
      ? ` The largest error, ${number(verdict.error)}, is of ${verdict.worst}; its limit is ${number(verdict.limit)}.` : "";
    write(words.sentence, sentence(verdict.sentence ?? "") + worst);
  } else if (missing) {
    write(words.large, "No verdict");
    write(words.sentence, missing);
  } else {
    write(words.large, over ? "No verdict" : "\u2026");
    write(words.sentence, points.length > 0 ? `${points.at(-1)[0]} steps beside the oracle` : proofs ?? "");
  }
}
