"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const id = name => document.getElementById(name);
  const theme = id("theme");
  theme.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    theme.setAttribute("aria-pressed", String(!dark));
  });

  // What a page has no room for at once lies in it as text, in scripts that are
  // none, and becomes part of it when it is asked for.
  const unpack = script => {
    const t = document.createElement("template");
    t.innerHTML = script.textContent;
    const first = t.content.firstElementChild;
    script.replaceWith(t.content);
    return first;
  };
  for (const script of all("script.later[data-count]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "unpack";
    button.textContent = "Show " + script.dataset.count + " more";
    button.addEventListener("click", () => {
      const first = unpack(script);
      button.remove();
      first.tabIndex = -1;
      first.focus();
    });
    (script.closest(".scroll") || script.parentElement).after(button);
  }

  const text = id("filter");
  const boxes = all("[data-flag]");
  const files = all(".file, script.later[data-file]").map(e => ({ e, id: e.dataset.file || e.id, path: (e.dataset.path || e.querySelector("code").textContent).toLowerCase(), flags: e.dataset.flags.split(" ") }));
  const step = 100;
  // Opening takes a moment for each file.
  const mostOpened = 50;
  let most = step;
  const present = f => { if (f.e.matches("script")) f.e = unpack(f.e); return f.e; };
  const lines = e => all("script[data-lines]", e).forEach(unpack);
  document.addEventListener("toggle", e => { if (e.target.open) lines(e.target); }, true);
  const apply = () => {
    const want = text.value.toLowerCase();
    const flags = boxes.filter(b => b.checked).map(b => b.dataset.flag);
    let n = 0;
    for (const f of files) {
      const hit = f.path.includes(want) && flags.every(x => f.flags.includes(x));
      n += hit;
      if (hit && n <= most) present(f).hidden = false;
      else f.e.hidden = true;
    }
    id("shown").textContent = n + " of " + files.length + " files" + (n > most ? ", the first " + most + " are shown" : "");
    id("open").textContent = n > mostOpened ? "Open the first " + mostOpened : "Open all";
    id("more").hidden = n <= most;
  };
  if (text) {
    [text, ...boxes].forEach(e => e.addEventListener("input", () => { most = step; apply(); }));
    id("more").addEventListener("click", () => { most += step; apply(); });
    id("open").addEventListener("click", () => files.filter(f => !f.e.hidden).slice(0, mostOpened).forEach(f => { f.e.open = true; }));
    apply();
  }

  // What an address leads to is shown, wherever it is folded or filtered away.
  const reveal = () => {
    const name = location.hash.slice(1);
    const file = files.find(f => f.id === name || name.startsWith(f.id + "-"));
    if (file) {
      present(file).hidden = false;
      lines(file.e);
    }
    if (name.startsWith("found-") && !id(name)) all("#findings .unpack").forEach(b => b.click());
    const target = id(name);
    if (!target) return;
    for (let e = target; e; e = e.parentElement) {
      if (e.matches("details")) e.open = true;
    }
    target.scrollIntoView({ block: target.matches("section, details") ? "start" : "center" });
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", e => {
    const link = e.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) reveal();
  });
  if (location.hash) reveal();

  // The words of a sign in the gutter, for who cannot hear them.
  document.addEventListener("mouseover", e => {
    const cell = e.target.closest(".diff td");
    const words = cell && !cell.title && cell.querySelector(".sr");
    if (words) cell.title = words.textContent;
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    files.forEach(present);
    all("script.later").forEach(unpack);
    closed = all("details:not([open])");
    closed.forEach(d => { d.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach(d => { d.open = false; }));
})();
