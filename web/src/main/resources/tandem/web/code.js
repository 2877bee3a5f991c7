// The tab Code: the engines' network definitions, side by side, with the report's own block.

import { get } from "./api.js";
import { known } from "./server.js";

export function startCode() {
  const place = document.getElementById("code");
  let asked = false;
  return {
    async shown() {
      if (asked) return;
      asked = true;
      try {
        const { sources } = await get("api/code");
        sources.forEach(source => known(source.engine));
        place.replaceChildren(code({ sources }));
        place.querySelectorAll(".code, pre").forEach(scroller => scroller.setAttribute("role", "region"));
        place.querySelector(".code").setAttribute("aria-label", "Engines");
        place.querySelectorAll("pre").forEach((pre, i) => pre.setAttribute("aria-label", `Source of ${sources[i].engine}`));
      } catch (problem) {
        asked = false;
        place.replaceChildren(element("p", { class: "refusal", role: "alert" }, problem.message));
      }
    },
  };
}
