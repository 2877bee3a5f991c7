// The drawing as the engines read it. One engine is asked at every movement of the hand, all when the hand rests.

import { post } from "./api.js";
import { SIZE } from "./drawing.js";
import { newest } from "./newest.js";
import { server } from "./server.js";

const REST_MILLIS = 150;
const FAST = "java";

// A drawing is centred and scaled by the server: finer pixels than the network's leave it a clean edge.
const FINE = 2 * SIZE;

/**
 * Events: "stale" when the drawing has changed; "quick" with one engine's answer; "all" with every engine's;
 * "problem" with a refusal; "blank" when there is nothing to read.
 */
export class Reading extends EventTarget {
  /** The 784 pixels that the network saw last, or null. */
  seen = null;
  #drawing;
  #rest = 0;
  #quick = newest(() => this.#ask([this.#fastEngine()], "quick"));
  #all = newest(() => this.#ask(null, "all"));

  constructor(drawing) {
    super();
    this.#drawing = drawing;
    drawing.addEventListener("change", () => this.read());
  }

  /** Reads the drawing as it is now, also when only the model has changed. */
  read() {
    clearTimeout(this.#rest);
    if (this.#drawing.empty) {
      this.seen = null;
      this.#tell("blank");
      return;
    }
    this.#tell("stale");
    if (!server.model) return;
    this.#quick();
    this.#rest = setTimeout(this.#all, REST_MILLIS);
  }

  #fastEngine() {
    const names = server.engines.filter(engine => engine.state !== "unavailable").map(engine => engine.engine);
    return names.includes(FAST) || names.length === 0 ? FAST : names[0];
  }

  async #ask(engines, kind) {
    if (this.#drawing.empty) return;
    const { version, centred } = this.#drawing;
    const started = performance.now();
    try {
      const size = centred ? SIZE : FINE;
      const pixels = this.#drawing.pixels(size);
      if (!pixels.some(ink => ink > 0)) return; // All of it is beside the paper.
      const answer = await post(`api/predict?centred=${!centred}`, {
        pixels, rows: size, columns: size, ...(engines && { engines }),
      });
      if (this.#drawing.empty) return;
      const current = version === this.#drawing.version;
      if (current || kind === "quick") this.seen = answer.pixels;
      this.#tell(kind, { answer, current, millis: performance.now() - started });
    } catch (problem) {
      this.#tell("problem", problem);
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
