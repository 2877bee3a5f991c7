// What the reader should hear without asking: a lost connection, an engine that died and came back.

import { on, server } from "./server.js";
import { sentence } from "./text.js";

const MILLIS_SHOWN = 12_000;

export function startSaying() {
  const lost = document.getElementById("lost");
  on("connected", () => {
    lost.hidden = server.connected !== false;
    lost.textContent = server.connected === false ? "The connection to Tandem is lost. Trying again\u2026" : "";
  });

  const died = new Set();
  on("engines", before => {
    if (!before) return;
    for (const { engine, state, reason } of server.engines) {
      const was = before.engines.find(other => other.engine === engine)?.state;
      if (was === undefined || was === state) continue;
      if (state === "failed" || (was === "warm" && state === "starting")) {
        died.add(engine);
        say(`${engine} died and is started again. ${reason ? sentence(reason) : ""}`);
      } else if (state === "warm" && died.delete(engine)) {
        say(`${engine} is back.`);
      }
    }
  });
}

let timer = 0;

function say(words) {
  const place = document.getElementById("said");
  place.textContent = words.trim();
  place.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { place.hidden = true; }, MILLIS_SHOWN);
}
