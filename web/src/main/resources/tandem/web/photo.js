// Pictures from elsewhere: chosen, dropped or pasted.

const READ_BY_SERVER = ["image/png", "image/jpeg", "image/gif", "image/bmp"];
const MOST_BYTES = 900_000;
const LONGEST_SIDE = 1600;

/** A picture as the server takes it: photos are made smaller, other formats become PNG or JPEG where the browser knows them. */
export async function prepared(file) {
  if (READ_BY_SERVER.includes(file.type) && file.size <= MOST_BYTES) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return file; // The server says better than the browser why it cannot read it.
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map(side => Math.max(1, Math.round(side * scale)));
  const canvas = element("canvas", { width, height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
  const type = file.type === "image/jpeg" ? "image/jpeg" : "image/png";
  const made = await new Promise(done => { canvas.toBlob(done, type, 0.92); });
  return made.size <= MOST_BYTES ? made : new Promise(done => { canvas.toBlob(done, "image/jpeg", 0.85); });
}

/** Calls `take` with every file that is chosen by the button, and with those dropped or pasted while it is active. */
export function listenForPictures({ button, input, active, take }) {
  const page = document.documentElement;
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files.length > 0) take(input.files[0]);
    input.value = "";
  });
  // A browser leaves the page for a file that is dropped where nobody wants it.
  addEventListener("dragover", event => {
    event.preventDefault();
    page.classList.toggle("dropping", active());
  });
  addEventListener("dragleave", event => {
    if (!event.relatedTarget) page.classList.remove("dropping");
  });
  addEventListener("drop", event => {
    event.preventDefault();
    page.classList.remove("dropping");
    if (active() && event.dataTransfer.files.length > 0) take(event.dataTransfer.files[0]);
  });
  addEventListener("paste", event => {
    if (active() && event.clipboardData.files.length > 0) take(event.clipboardData.files[0]);
  });
}
