// The page: its sections, and in them a function for each kind of block.

const KINDS = { note, command, facts, table, lines, bars, matrix, images, filters, code, dots, waterfall };

document.getElementById("title").textContent = REPORT.title;
document.getElementById("subtitle").textContent = REPORT.subtitle;
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
