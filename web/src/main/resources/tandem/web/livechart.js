// The report's line chart, for lines that grow.

export class LiveChart {
  #data;
  #entry;
  #names = "";
  #legend = element("div", { class: "legend-place" });

  /** @param axes `x` and `y` as in the report's blocks: {name, unit, scale} */
  constructor({ title, note = "", x, y, level = null, wide = false }) {
    this.#data = { lines: [], band: null, level, x, y };
    this.#entry = chart(title, narrow => linesOption(this.#data, narrow));
    this.element = block("lines", wide, title, y.unit, note, this.#legend, this.#entry.place);
    // What arrived while the chart was on a hidden tab is drawn when it is seen.
    new IntersectionObserver(() => this.#draw()).observe(this.#entry.place);
  }

  /**
   * @param lines as in the report's blocks: {engine, style, points}
   * @param until where the x axis ends, if it is known before the lines are there
   * @param description of what is seen, for readers who see no chart
   */
  show(lines, { band = null, until = undefined, description = null } = {}) {
    Object.assign(this.#data, { lines, band, x: { ...this.#data.x, max: until } });
    if (description) this.#entry.place.setAttribute("aria-label", description);
    this.#draw();
  }

  #draw() {
    const names = lineNames(this.#data);
    if (names.join() !== this.#names) {
      this.#names = names.join();
      this.#legend.replaceChildren(legend(this.#entry, names) ?? "");
    }
    const { instance, place } = this.#entry;
    if (!instance || place.clientWidth === 0) return;
    instance.setOption(linesOption(this.#data, place.clientWidth < 480), { replaceMerge: ["series"] });
  }
}
