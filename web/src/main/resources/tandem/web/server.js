// What the server tells every page: its engines, the model that answers, the trainings.

import { get } from "./api.js";
import { stream } from "./stream.js";

export const server = { engines: [], model: null, training: null, trainings: [], connected: null };

const listeners = { engines: [], model: [], trainings: [], connected: [] };

/** Calls the listener at every change of engines, model, trainings or connected, and now if it is known already. */
export function on(what, listener) {
  listeners[what].push(listener);
  if (ready.has(what)) listener();
}

const ready = new Set();

function changed(what, values) {
  const before = { ...server };
  Object.assign(server, values);
  ready.add(what);
  listeners[what].forEach(listener => listener(before));
}

/** A name gets a colour the first time it is met; those of index.html have theirs. */
export function known(name) {
  if (!REPORT.engines.includes(name)) REPORT.engines.push(name);
  return name;
}

const take = {
  engines: data => {
    data.engines.forEach(engine => known(engine.engine));
    changed("engines", { engines: data.engines });
  },
  model: data => changed("model", { model: data.model, training: data.training }),
  trainings: data => changed("trainings", { trainings: data.trainings }),
};

async function readAll() {
  try {
    await Promise.all(Object.keys(take).map(async what => take[what](await get(`api/${what}`))));
  } catch {
    // The stream breaks with it, says so, and all is read again when it is back.
  }
}

export function watchServer() {
  stream("api/events", take, {
    opened: () => {
      if (server.connected !== true) changed("connected", { connected: true });
      readAll();
    },
    lost: () => {
      if (server.connected !== false) changed("connected", { connected: false });
    },
  });
}
