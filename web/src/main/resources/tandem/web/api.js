// Requests to the server.

import { sentence } from "./text.js";

/** A refusal; its message is one sentence for the reader of the page. */
export class Problem extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

async function request(method, path, body, type = "application/json") {
  let response;
  try {
    response = await fetch(path, { method, body, headers: body === undefined ? {} : { "Content-Type": type } });
  } catch {
    throw new Problem("Tandem does not answer. Is './tandem serve' still running?", 0);
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  throw new Problem(sentence(answer?.detail ?? answer?.title ?? `Tandem refused with status ${response.status}`), response.status);
}

export const get = path => request("GET", path);
export const post = (path, data) => request("POST", path, data === undefined ? undefined : JSON.stringify(data));
export const put = (path, data) => request("PUT", path, JSON.stringify(data));
export const remove = path => request("DELETE", path);

/** Posts a file as a picture, whatever it is: the server says best why it is none. */
export function postPicture(path, file) {
  return request("POST", path, file, file.type.startsWith("image/") ? file.type : "image/png");
}
