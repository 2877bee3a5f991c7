// Light and dark. The page follows the system until the reader chooses, and keeps the choice. Charts, which need
// colours and not names of colours, are drawn again when it changes.

const REPORT = JSON.parse(document.getElementById("data").textContent);
const COLOURS = 8;
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const redraws = [];

/** The place of an engine in the report's order decides its colour, everywhere. */
function engineColour(engine) {
  const place = REPORT.engines.indexOf(engine);
  return place < 0 ? "var(--ink)" : `var(--engine-${place % COLOURS})`;
}

/** Engines beyond the last colour begin again, dashed. */
function dashed(engine) {
  return REPORT.engines.indexOf(engine) >= COLOURS;
}

/** The value of a CSS colour as it is now. */
function colour(css) {
  const probe = document.createElement("i");
  probe.style.color = css;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** An element with attributes and children; texts become text, whatever is in them. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("--")) made.style.setProperty(key, value);
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter(child => child !== null));
  return made;
}

/** An engine's name after a square of its colour. */
function engineLabel(engine) {
  return element("span", { class: "engine", "--c": engineColour(engine) }, element("i", { class: "swatch" }), engine);
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : darkSystem.matches;
}

function themeChanged() {
  document.getElementById("theme").textContent = isDark() ? "Light" : "Dark";
  redraws.forEach(redraw => redraw());
}

/** What the reader chose here before; a browser may keep nothing of a page that is a file. */
function keptTheme() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

function keepTheme(theme) {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Then the choice holds until the page is closed.
  }
}

function startTheme() {
  const kept = keptTheme();
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
  document.getElementById("theme").addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    keepTheme(theme);
    themeChanged();
  });
  darkSystem.addEventListener("change", themeChanged);
  themeChanged();
}
