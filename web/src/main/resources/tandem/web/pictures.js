// Pixels on canvases, in the colours of the theme.

const SIZE = 28;

let palette = null;

function channels(css) {
  return colour(css).match(/[\d.]+/g).slice(0, 3).map(Number);
}

function colours() {
  palette ??= {
    ink: channels("var(--ink)"),
    surface: channels("var(--surface)"),
    positive: channels("var(--positive)"),
    negative: channels("var(--negative)"),
  };
  return palette;
}

// This comes before the redraws of all pictures, which read the palette.
redraws.push(() => { palette = null; });

const mix = (from, to, share) => from.map((value, i) => value + share * (to[i] - value));

/** A picture of rows x columns that can be painted again and again; the style sheet makes its pixels large squares. */
export class Picture {
  #last = null;

  constructor(label, rows = SIZE, columns = SIZE) {
    this.canvas = element("canvas", { class: "pixels", width: columns, height: rows, role: "img", "aria-label": label });
    redraws.push(() => this.#last?.());
  }

  /** How much ink each pixel has, from 0 to `most`. */
  ink(values, most = 1) {
    this.#paint(() => {
      const { ink } = colours();
      return i => [ink[0], ink[1], ink[2], (255 * values[i]) / most];
    });
  }

  /** Orange above zero and blue below, over the drawing if there is one. */
  signed(values, drawing = null) {
    const largest = Math.max(1e-12, ...values.map(Math.abs));
    this.#paint(() => {
      const { ink, surface, positive, negative } = colours();
      return i => {
        const ground = drawing ? mix(surface, ink, 0.4 * drawing[i]) : surface;
        // Square root: one large value must not hide all others.
        const share = Math.sqrt(Math.abs(values[i]) / largest);
        return [...mix(ground, values[i] > 0 ? positive : negative, 0.92 * share), 255];
      };
    });
  }

  clear() {
    this.#last = null;
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  label(text) {
    this.canvas.setAttribute("aria-label", text);
  }

  #paint(makePixel) {
    this.#last = () => {
      const context = this.canvas.getContext("2d");
      const image = context.createImageData(this.canvas.width, this.canvas.height);
      const pixel = makePixel();
      for (let i = 0; 4 * i < image.data.length; i++) image.data.set(pixel(i), 4 * i);
      context.putImageData(image, 0, 0);
    };
    this.#last();
  }
}

/** The bytes of a base64 text. */
export function bytes(base64) {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}
