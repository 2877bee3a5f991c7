// What is drawn: strokes and pictures, in units of the network's 28 x 28 pixels. No element of the page is known here.

export const SIZE = 28;

/** Events: "change" after every change of the drawing. */
export class Drawing extends EventTarget {
  brush = 2.4;
  version = 0;
  #marks = [];
  #past = [];
  #raster = document.createElement("canvas");

  get empty() {
    return this.#marks.length === 0;
  }

  /** A picture that the server has centred already, with nothing drawn on it. */
  get centred() {
    return this.#marks.length === 1 && "bitmap" in this.#marks[0];
  }

  /** Begins a stroke; `pressure` is 0.5 for what knows no pressure. */
  begin(x, y, pressure = 0.5) {
    this.#remember();
    this.#marks = [...this.#marks, { points: [this.#point(x, y, pressure)] }];
    this.#changed();
  }

  extend(points) {
    this.#marks.at(-1).points.push(...points.map(([x, y, pressure]) => this.#point(x, y, pressure)));
    this.#changed();
  }

  /** Puts strokes in place of everything: lists of points, drawn with the present brush. */
  strokes(lists) {
    this.#remember();
    this.#marks = lists.map(list => ({ points: list.map(([x, y]) => this.#point(x, y, 0.5)) }));
    this.#changed();
  }

  /** Puts 784 pixels from 0 to 1 in place of everything. */
  picture(pixels) {
    this.#remember();
    const bitmap = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
    const context = bitmap.getContext("2d");
    const image = context.createImageData(SIZE, SIZE);
    pixels.forEach((ink, i) => { image.data[4 * i + 3] = Math.round(255 * ink); });
    context.putImageData(image, 0, 0);
    this.#marks = [{ bitmap }];
    this.#changed();
  }

  clear() {
    if (this.empty) return;
    this.#remember();
    this.#marks = [];
    this.#changed();
  }

  undo() {
    if (this.#past.length === 0) return;
    this.#marks = this.#past.pop();
    this.#changed();
  }

  /** size * size pixels, from 0 for paper to 1 for ink; at the edge of a line as much as it covers of the pixel. */
  pixels(size = SIZE) {
    if (this.#raster.width !== size) this.#raster.width = this.#raster.height = size;
    const context = this.#raster.getContext("2d", { willReadFrequently: true });
    this.paint(context, "black");
    const { data } = context.getImageData(0, 0, size, size);
    return Array.from({ length: size * size }, (_, i) => Math.round(data[4 * i + 3] / 0.255) / 1000);
  }

  /** Draws everything in one colour onto the whole of a square canvas. */
  paint(context, ink) {
    const { width } = context.canvas;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, width);
    context.scale(width / SIZE, width / SIZE);
    context.imageSmoothingEnabled = false;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = ink;
    for (const mark of this.#marks) {
      if (mark.bitmap) context.drawImage(mark.bitmap, 0, 0, SIZE, SIZE);
      else paintStroke(context, mark.points);
    }
    // Bitmaps have no colour of their own.
    context.globalCompositeOperation = "source-in";
    context.fillStyle = ink;
    context.fillRect(0, 0, SIZE, SIZE);
    context.globalCompositeOperation = "source-over";
  }

  #point(x, y, pressure) {
    return { x, y, width: this.brush * (0.5 + pressure) };
  }

  #remember() {
    this.#past.push(this.#marks);
  }

  #changed() {
    this.version++;
    this.dispatchEvent(new Event("change"));
  }
}

/** One path for each width: a path of its own for every segment would darken the joints. */
function paintStroke(context, points) {
  let from = 0;
  while (from < points.length) {
    const { width } = points[from];
    context.lineWidth = width;
    context.beginPath();
    const start = points[Math.max(0, from - 1)];
    // A canvas draws no line of length 0, and a dot is one.
    context.moveTo(start.x + 0.01, start.y);
    let i = from;
    for (; i < points.length && Math.abs(points[i].width - width) < 0.1; i++) context.lineTo(points[i].x, points[i].y);
    context.stroke();
    from = i;
  }
}
