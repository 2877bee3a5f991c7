// The parts of the page, each with an address of its own: #draw, #inside, #runs/one/other.

const sections = [...document.querySelectorAll("main > section")];
const links = [...document.querySelectorAll("#nav a")];

/** The name of the tab that is shown. */
export function currentTab() {
  return sections.find(section => !section.hidden)?.dataset.tab;
}

/** Shows the tab of the address, now and whenever it changes; `shown` is told its name and what follows it. */
export function startTabs(shown) {
  let first = true;
  function show() {
    const [name, ...rest] = location.hash.slice(1).split("/").map(decodeURIComponent);
    const section = sections.find(candidate => candidate.dataset.tab === name) ?? sections[0];
    const same = !section.hidden;
    sections.forEach(candidate => { candidate.hidden = candidate !== section; });
    links.forEach(link => {
      if (link.hash === `#${section.dataset.tab}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    const title = section.querySelector("h2");
    document.title = `${title.textContent} - Tandem`;
    if (!first && !same) {
      scrollTo({ top: 0, behavior: "instant" });
      title.focus({ preventScroll: true });
    }
    first = false;
    shown(section.dataset.tab, rest);
  }
  addEventListener("hashchange", show);
  show();
}
