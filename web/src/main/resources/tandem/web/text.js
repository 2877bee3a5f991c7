// Numbers and lists as words.

export function percentage(share, digits = 2) {
  return `${(100 * share).toFixed(digits)}%`;
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** "java", "java and pytorch", "java, pytorch and djl". */
export function list(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** "a 7", "an 8". */
export function oneOf(digit) {
  return `${digit === 8 ? "an" : "a"} ${digit}`;
}

/** A sentence of the server with a capital and a full stop. */
export function sentence(text) {
  const whole = /[.!?]$/.test(text) ? text : `${text}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}

export function dateAndTime(text) {
  if (!text) return "";
  return new Date(text).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
