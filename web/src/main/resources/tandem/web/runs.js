// The tab Runs: every run, its report, two reports side by side, and its models for Draw.

import { get, put } from "./api.js";
import { known } from "./server.js";
import { dateAndTime, percentage } from "./text.js";

const reportPath = run => `api/runs/${encodeURIComponent(run)}/report`;

export function startRuns() {
  const place = document.getElementById("runs");
  const message = element("p", { class: "refusal", role: "alert" });

  async function shown(rest) {
    showReports(rest.filter(Boolean).slice(0, 2));
    try {
      const { runs } = await get("api/runs");
      message.textContent = "";
      place.replaceChildren(message, runs.length === 0
        ? element("p", {}, "No run yet. ", element("a", { href: "#train" }, "Train"), " makes the first.")
        : runsTable(runs, rest, message));
    } catch (problem) {
      message.textContent = problem.message;
      if (!message.isConnected) place.replaceChildren(message);
    }
  }
  return { shown };
}

function runsTable(runs, chosen, message) {
  const head = ["", "run", "date", "engines and test accuracy", "report"].map(text =>
    element("th", { scope: "col" }, text || element("span", { class: "visually-hidden" }, "compare")));
  return element("div", { class: "table scroll", tabindex: "0", role: "region", "aria-label": "All runs" },
    element("table", { class: "runs" },
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...runs.map(run => runRow(run, chosen, message)))));
}

function runRow({ run, command, date, engines, report }, chosen, message) {
  const box = element("input", {
    type: "checkbox", "aria-label": `show the report of ${run}`, checked: chosen.includes(run), disabled: !report,
    onchange: () => {
      // The newest two that were ticked; the address keeps them.
      const others = chosen.filter(other => other !== run);
      const next = box.checked ? [...others, run].slice(-2) : others;
      location.hash = ["#runs", ...next.map(encodeURIComponent)].join("/");
    },
  });
  return element("tr", {}, element("td", {}, box),
    element("th", { scope: "row" }, command, element("small", {}, run)),
    element("td", {}, dateAndTime(date)),
    element("td", {}, element("ul", { class: "run-engines" }, ...engines.map(engine => engineOfRun(run, engine, message)))),
    element("td", {}, report ? element("a", { href: reportPath(run), target: "_blank", rel: "noopener" }, "Open") : "\u2013"));
}

function engineOfRun(run, { engine, status, testAccuracy, model }, message) {
  const use = element("button", {
    type: "button", "aria-label": `Draw with it: the model of ${engine} of ${run}`,
    onclick: async () => {
      try {
        await put("api/model", { run, engine });
        location.hash = "#draw";
      } catch (problem) {
        message.textContent = problem.message;
      }
    },
  }, "Draw with it");
  const result = typeof testAccuracy === "number" ? element("span", {}, percentage(testAccuracy))
    : element("span", { class: "pale" }, status);
  return element("li", {}, engineLabel(known(engine)), result, model ? use : null);
}

function showReports(runs) {
  const place = document.getElementById("reports");
  const frames = [...place.querySelectorAll("iframe")];
  // A report that is shown already keeps its place on the page and where it was read.
  if (frames.map(frame => frame.dataset.run).join() === runs.join()) return;
  place.classList.toggle("two", runs.length === 2);
  place.replaceChildren(...runs.map(run => element("figure", {},
    element("figcaption", {}, run),
    element("iframe", { src: reportPath(run), title: `Report of ${run}`, "data-run": run }))));
}
