// Blocks that are text: tables, bars, matrices, facts, commands, code. Each function takes a block's data and gives an
// element.

function note(data) {
  return element("p", { class: "paragraph wide" }, data.text);
}

function command(data) {
  const button = element("button", { type: "button", onclick: () => copy(data.text, button) }, "Copy");
  return element("div", { class: "command wide" }, element("code", {}, ...words(data.text)), navigator.clipboard ? button : null);
}

/** A line may end between words, but not after the dashes of an option. */
function words(text) {
  return text.split(/( )/).map(word => word.startsWith("--") ? element("span", { class: "engine" }, word) : word);
}

async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

function facts(data) {
  return element("div", { class: "facts" }, element("h3", {}, data.title),
    element("dl", {}, ...data.facts.flatMap(fact => [element("dt", {}, fact.name), element("dd", {}, fact.value)])));
}

/** An area that may be wider than the page can be scrolled by keys, and has a name. */
function scrollable(name) {
  return { tabindex: "0", role: "region", "aria-label": name };
}

function table(data) {
  const head = element("tr", {}, element("th", { scope: "col" }, data.first), ...data.columns.map(column =>
    element("th", { class: column.number && "number", scope: "col" }, column.title, column.unit ? element("small", {}, column.unit) : null)));
  const rows = data.rows.map(row => element("tr", { "--c": engineColour(row.engine) },
    element("th", { scope: "row" }, row.engine ? engineLabel(row.engine) : row.name),
    ...row.cells.map((cell, i) => element("td",
      { class: (data.columns[i].number ? "number" : "text") + (cell.best ? " best" : "") }, cell.text ?? "\u2013"))));
  return element("div", { class: "table wide scroll", ...scrollable(data.caption ?? `${data.first}: table`) }, element("table", {},
    data.caption ? element("caption", {}, element("span", {}, data.caption)) : null,
    element("thead", {}, head), element("tbody", {}, ...rows)));
}

function bars(data) {
  const longest = Math.max(...data.bars.map(bar => Math.max(bar.value, bar.high ?? 0)));
  const values = data.bars.map(bar => bar.value);
  const best = data.bars.length < 2 ? null : data.lowerIsBetter ? Math.min(...values) : Math.max(...values);
  const share = value => `${(100 * value) / longest}%`;
  const sign = data.lowerIsBetter ? 1 : -1;
  const rows = [...data.bars].sort((a, b) => sign * (a.value - b.value)).map(bar => {
    const spread = element("i", { class: "spread" });
    if (bar.low !== null && bar.high !== null) {
      spread.style.left = share(bar.low);
      spread.style.width = share(bar.high - bar.low);
    }
    const fill = element("i", { class: "fill" });
    fill.style.width = share(bar.value);
    const range = bar.low === null ? "" : `, ${number(bar.low)} to ${number(bar.high)} ${data.unit}`;
    return element("div", { class: "bar", "--c": engineColour(bar.engine) },
      element("span", { class: "name" }, bar.engine),
      element("span", { class: "track", title: `${bar.engine}: ${bar.text} ${data.unit}${range}` }, fill, bar.low === null ? null : spread),
      element("span", { class: bar.value === best ? "value best" : "value" }, bar.text));
  });
  return element("div", { class: "bars" },
    element("h3", {}, data.title, " ", element("small", {}, `${data.unit}, ${data.lowerIsBetter ? "less" : "more"} is better`)),
    ...rows);
}

function matrix(data) {
  const head = element("tr", {}, element("th", { class: "labels", scope: "col" }), ...data.columns.map(name => element("th", { scope: "col" }, name)));
  const rows = data.rows.map((name, i) => element("tr", {}, element("th", { scope: "row" }, name),
    ...data.cells[i].map((cell, j) => cell === null
      ? element("td", { class: "empty" })
      : element("td", {
          class: cell.strong && "strong", "--s": cell.shade,
          title: `${data.rowTitle} ${name}, ${data.columnTitle} ${data.columns[j]}: ${cell.text}`.replace(/^ |, (?= )/g, "").trim(),
        }, cell.text))));
  const axes = data.rowTitle ? element("p", { class: "axes" }, `rows: ${data.rowTitle}, columns: ${data.columnTitle}`) : null;
  const named = data.rows.some(name => name.length > 3);
  return element("div", { class: named ? "matrix named scroll" : "matrix scroll", ...scrollable(data.title), "--c": data.engine ? engineColour(data.engine) : "var(--muted)" },
    element("h3", {}, data.engine ? element("i", { class: "swatch" }) : null, data.title), axes,
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
}

const TOKENS = /(\/\*[\s\S]*?\*\/|\/\/[^\n]*)|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\b(abstract|boolean|break|case|catch|class|continue|default|do|double|else|enum|extends|final|finally|float|for|if|implements|import|instanceof|int|interface|long|new|null|package|permits|private|protected|public|record|return|sealed|static|super|switch|this|throw|throws|true|false|try|var|void|while|yield)\b/g;

/** Java with comments, strings and keywords set apart. */
function highlighted(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    parts.push(text.slice(end, match.index));
    parts.push(element("span", { class: match[1] ? "comment" : match[2] ? "string" : "keyword" }, match[0]));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

/** Where the forward pass begins: a line outside of Javadoc that declares it, or its section. */
const FORWARD = /^(?!\s*\/?\*).*(---- forward|(forward|[lL]ogits)\([^;]*$)/m;

/** Two sources beside each other, each chosen from a list, and opened where the forward pass begins. */
function code(data) {
  const side = first => {
    const article = element("article", {});
    const show = source => {
      article.style.setProperty("--c", engineColour(source.engine));
      const text = element("pre", { tabindex: "0", "aria-label": `${source.engine}, ${source.file}` }, ...highlighted(source.text));
      article.replaceChildren(element("h3", {}, list, " ", element("small", {}, source.file)), text);
      const forward = source.text.search(FORWARD);
      // As soon as it is part of the page, and has a height.
      requestAnimationFrame(() => {
        const line = parseFloat(getComputedStyle(text).lineHeight);
        if (forward > 0) text.scrollTop = (source.text.slice(0, forward).split("\n").length - 2) * line;
      });
    };
    const list = element("select", { "aria-label": "Source", onchange: event => show(data.sources[event.currentTarget.value]) },
      ...data.sources.map((source, i) => element("option", { value: String(i), selected: i === first }, source.engine)));
    redraws.push(() => show(data.sources[list.value]));
    show(data.sources[first]);
    return article;
  };
  return element("div", { class: "codes wide" },
    element("div", { class: "code" }, ...data.sources.slice(0, 2).map((_, i) => side(i))));
}
