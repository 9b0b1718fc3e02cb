"use strict";
(() => {
  const theme = document.getElementById("theme");
  theme.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    theme.setAttribute("aria-pressed", String(!dark));
  });
  const text = document.getElementById("filter");
  if (text) {
    const boxes = ["risk", "untested"].map(id => document.getElementById(id));
    const shown = document.getElementById("shown");
    const more = document.getElementById("more");
    // A table of thousands of rows takes seconds to lay out.
    let most = 200;
    const rows = [...document.querySelectorAll("#files-table tbody tr")];
    const apply = () => {
      const want = text.value.toLowerCase();
      let n = 0;
      for (const r of rows) {
        const hit = r.dataset.path.toLowerCase().includes(want) && boxes.every(b => !b.checked || b.id in r.dataset);
        n += hit;
        r.hidden = !hit || n > most;
      }
      shown.textContent = n + " of " + rows.length + " files" + (n > most ? ", the first " + most + " are shown" : "");
      more.hidden = n <= most;
    };
    [text, ...boxes].forEach(e => e.addEventListener("input", apply));
    more.addEventListener("click", () => { most += 300; apply(); });
    apply();
  }
  let closed = [];
  addEventListener("beforeprint", () => { closed = [...document.querySelectorAll("details:not([open])")]; closed.forEach(d => { d.open = true; }); });
  addEventListener("afterprint", () => closed.forEach(d => { d.open = false; }));
})();
