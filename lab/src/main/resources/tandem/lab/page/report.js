// The page: its sections, and in them a function for each kind of block.

const KINDS = { note, command, facts, table, lines, bars, matrix, images, filters, classes, code, dots, waterfall };

const headline = REPORT.headline;
document.getElementById("title").textContent = headline ? headline.sentence : REPORT.title;
document.getElementById("kicker").textContent = headline ? REPORT.title : "";
document.getElementById("subtitle").textContent = REPORT.subtitle;
if (headline?.note) {
  document.getElementById("said").textContent = headline.note;
  document.getElementById("said").hidden = false;
}
if (headline?.figures.length > 0) {
  document.getElementById("figures").append(...headline.figures.map(figure => element("div", {},
    element("dt", {}, figure.label), element("dd", {}, figure.value))));
  document.getElementById("figures").hidden = false;
}
document.getElementById("main").replaceChildren(...REPORT.sections.map(section =>
  element("section", { id: section.id },
    element("h2", {}, section.title),
    section.text ? element("p", { class: "read" }, section.text) : null,
    element("div", { class: "blocks" }, ...section.blocks.map(data => KINDS[data.kind](data))))));
document.getElementById("nav").append(...REPORT.sections.map(section => element("a", { href: "#" + section.id }, section.title)));
document.getElementById("dialog").addEventListener("click", event => {
  if (event.target === event.currentTarget) event.currentTarget.close();
});
startTheme();
