// The paper: a drawing under mouse, pen, finger or keys.

import { SIZE } from "./drawing.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Shows a drawing and draws on it; several pads may share one. */
export function pad(drawing) {
  const canvas = element("canvas", {
    tabindex: "0", role: "application", "aria-roledescription": "drawing pad",
    "aria-label": "Pad of 28 by 28 pixels. Arrow keys move, Space draws, Shift with an arrow draws on, Delete clears.",
  });
  const cursor = element("i", { class: "cursor" });
  const place = element("span", { class: "visually-hidden", "aria-live": "polite" });
  const hint = element("span", { class: "hint", "aria-hidden": "true" }, "Draw here");
  const paper = element("div", { class: "pad empty" }, canvas, cursor, hint, place);

  function paint() {
    paper.classList.toggle("empty", drawing.empty);
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    if (width === 0) return;
    if (canvas.width !== width) canvas.width = canvas.height = width;
    drawing.paint(canvas.getContext("2d"), colour("var(--ink)"));
  }

  drawing.addEventListener("change", paint);
  redraws.push(paint);
  new ResizeObserver(paint).observe(canvas);
  listenToPointer(canvas, drawing);
  listenToKeys(canvas, cursor, place, drawing);
  return paper;
}

function listenToPointer(canvas, drawing) {
  let hand = null;
  const point = event => {
    const box = canvas.getBoundingClientRect();
    const scale = SIZE / box.width;
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? event.pressure : 0.5;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale, pressure];
  };
  canvas.addEventListener("pointerdown", event => {
    // A second finger or button does not draw.
    if (hand !== null || event.button !== 0) return;
    hand = event.pointerId;
    canvas.setPointerCapture(hand);
    drawing.begin(...point(event));
  });
  canvas.addEventListener("pointermove", event => {
    if (event.pointerId !== hand) return;
    const events = event.getCoalescedEvents?.() ?? [];
    drawing.extend((events.length > 0 ? events : [event]).map(point));
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(end, event => {
      if (event.pointerId === hand) hand = null;
    });
  }
}

function listenToKeys(canvas, cursor, place, drawing) {
  let [x, y] = [SIZE / 2, SIZE / 2];
  let drawn = false;
  const show = () => {
    cursor.style.setProperty("--x", x);
    cursor.style.setProperty("--y", y);
    place.textContent = `row ${y + 1}, column ${x + 1}`;
  };
  canvas.addEventListener("keydown", event => {
    const move = MOVES[event.key];
    if (event.key === " ") {
      if (!event.repeat) drawing.begin(x + 0.5, y + 0.5);
      drawn = true;
    } else if (move) {
      // Shift, or Space held down, draws while the cursor moves.
      const draws = event.shiftKey || drawn;
      if (draws && !drawn) drawing.begin(x + 0.5, y + 0.5);
      x = Math.min(SIZE - 1, Math.max(0, x + move[0]));
      y = Math.min(SIZE - 1, Math.max(0, y + move[1]));
      if (draws) drawing.extend([[x + 0.5, y + 0.5, 0.5]]);
      drawn = draws;
      show();
    } else return;
    event.preventDefault();
  });
  canvas.addEventListener("keyup", event => {
    if (event.key === " " || event.key === "Shift") drawn = false;
  });
  canvas.addEventListener("blur", () => { drawn = false; });
  show();
  place.textContent = "";
}

/** Undo and clear by keys, wherever on the page, except where a text is written. */
export function undoByKeys(drawing, active) {
  addEventListener("keydown", event => {
    if (!active() || event.target.closest("input:not([type=range]), select, textarea, dialog")) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") drawing.undo();
    else if (event.key === "Delete") drawing.clear();
    else return;
    event.preventDefault();
  });
}
