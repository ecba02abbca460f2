"use strict";
// Makes the tables sort, filter and grow. Only the rows that are shown stand in the page, so that ten thousand stay quick.
(() => {
  const PAGE = 100;
  const MOST_PRINTED = 2000;
  document.documentElement.classList.add("js"); // before there is a table: its later rows are then never laid out

  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const one = (name, value) => document.querySelector(`[data-${name}="${value}"]`);
  const value = (cell) => {
    const text = cell.dataset.v ?? cell.textContent;
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text.toLowerCase();
  };
  const compare = (a, b) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1);

  const enhance = (table) => {
    const name = table.id;
    const body = table.tBodies[0];
    const rows = all("tbody > tr", table).map((row, order) => ({ row, order, text: row.textContent.toLowerCase() }));
    all("tbody.later", table).forEach((later) => later.remove());
    const state = { words: [], kinds: null, column: -1, down: false, size: PAGE, found: rows };
    const more = one("more", name);
    const controls = one("controls", name);

    const show = (size) => {
      body.replaceChildren(...state.found.slice(0, size).map((entry) => entry.row));
      const shown = Math.min(size, state.found.length);
      const of = state.found.length === rows.length ? "" : ` (of ${rows.length.toLocaleString("en")})`;
      one("said", name).textContent = `Showing ${shown.toLocaleString("en")} of ${state.found.length.toLocaleString("en")}${of}`;
      more.hidden = shown === state.found.length;
      controls.classList.toggle("part", shown < rows.length); // paper, which has no controls, says so too
    };
    const matches = (entry) =>
      (state.kinds === null || state.kinds.has(entry.row.dataset.k)) && state.words.every((word) => entry.text.includes(word));
    const order = (a, b) => {
      const by = state.column < 0 ? 0 : compare(value(a.row.cells[state.column]), value(b.row.cells[state.column]));
      return (state.down ? -by : by) || a.order - b.order;
    };
    const update = () => {
      state.found = rows.filter(matches).sort(order);
      state.size = PAGE;
      show(state.size);
    };

    all("thead th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        state.down = state.column === column && !state.down;
        state.column = column;
        all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        update();
      });
    });
    let waiting = 0;
    one("search", name).addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        state.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
        update();
      }, 120);
    });
    const boxes = all(`[data-kind="${name}"]`);
    boxes.forEach((box) =>
      box.addEventListener("change", () => {
        state.kinds = new Set(boxes.filter((each) => each.checked).map((each) => each.value));
        update();
      }),
    );
    more.addEventListener("click", () => {
      const first = state.size;
      state.size += 5 * PAGE;
      show(state.size);
      const next = state.found[first]?.row.querySelector("summary, td");
      if (next) {
        next.tabIndex = next.tagName === "TD" ? -1 : 0;
        next.focus();
      }
    });
    controls.addEventListener("submit", (event) => event.preventDefault());
    controls.hidden = false;
    show(state.size);
    addEventListener("beforeprint", () => show(MOST_PRINTED));
    addEventListener("afterprint", () => show(state.size));
  };
  addEventListener("DOMContentLoaded", () => all("main table").forEach(enhance));

  // A closed detail does not print: open all for the paper, and close again those that were closed.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("td details:not([open])");
    opened.forEach((each) => (each.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((each) => (each.open = false)));
})();
