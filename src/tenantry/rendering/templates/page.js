"use strict";
// Sorting and filtering of tables; the page is complete without it, and its controls appear only with it.
(() => {
  const order = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
  const make = (tag, texts) => Object.assign(document.createElement(tag), texts);

  const value = (row, at, isNumber) => {
    const cell = row.cells[at], text = cell.dataset.key ?? cell.textContent.trim();
    if (!isNumber) return text;
    const number = parseFloat(text.replace(/[^\d.-]/g, ""));
    return Number.isNaN(number) ? null : number;
  };

  const sort = (table, head, at) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    const isNumber = head.matches(".n, .left, .step");
    const body = table.tBodies[0];
    const keyed = [...body.rows].map(row => [value(row, at, isNumber), row]);
    const compare = isNumber ? (a, b) => a - b : (a, b) => order.compare(a, b);
    const isEmpty = key => key === null || key === "";
    keyed.sort(([a], [b]) => isEmpty(a) || isEmpty(b) ? isEmpty(a) - isEmpty(b) : down ? compare(b, a) : compare(a, b));
    for (const other of table.tHead.rows[0].cells) {
      other.removeAttribute("aria-sort");
      const sign = other.querySelector("i");
      if (sign) sign.textContent = "↕";
    }
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    head.querySelector("i").textContent = down ? "↓" : "↑";
    body.append(...keyed.map(([, row]) => row));
  };

  for (const table of document.querySelectorAll("table[data-sort]")) {
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      if (head.matches(".bar")) return;
      const button = make("button", {type: "button"}), sign = make("i", {textContent: "↕"});
      sign.setAttribute("aria-hidden", "true");
      button.append(make("span", {textContent: head.textContent}), sign);
      button.addEventListener("click", () => sort(table, head, at));
      head.replaceChildren(button);
    });
  }

  for (const table of document.querySelectorAll("table[data-filter]")) {
    const tools = make("div", {className: "tools"}), label = make("label", {textContent: "Filter "});
    const box = make("input", {type: "search", autocomplete: "off", spellcheck: false});
    const told = make("output", {});
    const rows = [...table.tBodies].flatMap(body => [...body.rows]);
    const total = rows.length.toLocaleString("en");
    told.setAttribute("role", "status");
    box.setAttribute("aria-label", `Filter: ${table.caption.textContent}`);
    let texts = null;
    const filter = () => {
      texts ??= new Map(rows.map(row => [row, [...row.cells].map(cell => cell.textContent).join(" ").toLowerCase()]));
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const hidden = !words.every(word => texts.get(row).includes(word));
        if (row.hidden !== hidden) row.hidden = hidden;
        shown += !hidden;
      }
      told.textContent = words.length ? `${shown.toLocaleString("en")} of ${total} rows` : `${total} rows`;
    };
    told.textContent = `${total} rows`;
    box.addEventListener("input", filter);
    label.append(box);
    tools.append(label, told);
    table.parentElement.before(tools);
  }

  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = target || null; node; node = node.parentElement) if (node.localName === "details") node.open = true;
    // what comes into view is laid out only then, and moves what is below it: look again until it rests
    const look = (times, before) => {
      target.scrollIntoView();
      const top = target.getBoundingClientRect().top + scrollY;
      if (times && top !== before) setTimeout(look, 50, times - 1, top);
    };
    if (target) look(9);
  };
  addEventListener("hashchange", unfold);
  unfold();

  const folded = new Set();
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details:not([open])")) { folded.add(one); one.open = true; }
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    folded.clear();
  });
})();
