(() => {
  "use strict";
  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);

  // The filter of the table.
  const form = byId("filter");
  if (form) {
    const rows = all(document, "table.properties tbody tr");
    const texts = rows.map((row) => row.textContent.toLowerCase().replace(/\s+/g, " "));
    const text = byId("filter-text"), word = byId("filter-word"), spec = byId("filter-spec"), profile = byId("filter-profile");
    const apply = () => {
      const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        const fits = (!word.value || row.dataset.word === word.value) &&
          (!spec.value || row.dataset.spec === spec.value) &&
          (!profile || !profile.value || row.dataset.profile === profile.value) && wanted.every((w) => texts[i].includes(w));
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      byId("filter-count").textContent = `${shown} of ${rows.length} shown`;
      byId("filter-none").hidden = shown > 0;
    };
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    byId("filter-clear").addEventListener("click", () => { form.reset(); apply(); text.focus(); });
    apply();
  }

  // A link opens what it leads to.
  const reveal = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* an address with a stray % is taken as it is */ }
    const target = id && byId(id);
    if (!target) return;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const head = target.previousElementSibling;
    (head && head.tagName === "SUMMARY" ? head : target).scrollIntoView();
    if (target.tabIndex === -1) target.focus({ preventScroll: true });
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) reveal();
  });
  reveal();

  // Only what really scrolls is a stop for the keyboard.
  const stops = (root) => all(root, ".scroll, .code").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  // Charts stay beside the steps where all of them fit into the window.
  const stay = () => all(document, ".charts").forEach((box) => box.classList.toggle("fits", box.scrollHeight < innerHeight));
  document.addEventListener("toggle", (event) => { stops(event.target); stay(); }, true);
  addEventListener("resize", () => { stops(document); stay(); });
  stops(document);
  stay();

  // Stepping through a run: the chosen step, its lines and its place in the charts go together.
  for (const run of all(document, "[data-run]")) {
    const story = run.closest(".body");
    const steps = all(run, ".timeline > li");
    const boxes = steps.map((step) => step.querySelector("details"));
    const stepper = run.querySelector(".stepper");
    const now = stepper.querySelector(".now");
    const mark = () => {
      const at = boxes.findIndex((box) => box.open);
      const number = at < 0 ? "" : steps[at].dataset.number;
      const has = (element) => (element.dataset.steps || "").split(" ").includes(number);
      all(run, ".cursor").forEach((line) => line.classList.toggle("on", at >= 0 && line.dataset.index === String(at)));
      all(story, ".excerpt, .excerpt .line[data-steps]").forEach((e) => e.classList.toggle("on", at >= 0 && has(e)));
      const [back, next] = all(stepper, "button");
      back.disabled = at === 0;
      next.disabled = at === steps.length - 1;
      return at;
    };
    boxes.forEach((box) => box.addEventListener("toggle", mark));
    stepper.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const at = boxes.findIndex((box) => box.open);
      const go = Math.max(0, Math.min(boxes.length - 1, at < 0 ? 0 : at + Number(button.dataset.go)));
      boxes.forEach((box, i) => { box.open = i === go; });
      mark();
      now.textContent = `${go} of ${boxes.length - 1}: ${steps[go].querySelector(".call").textContent}`;
      boxes[go].scrollIntoView({ block: "nearest" });
    });
    stepper.hidden = false;
    mark();
  }

  // Copying, where the browser lets a page; else the text is selected.
  for (const button of all(document, "button.copy")) {
    const said = button.textContent;
    const select = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    };
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const source = byId(button.dataset.copy);
      let done = false;
      try {
        await navigator.clipboard.writeText(source.textContent);
        done = true;
      } catch {
        select(source);
        try { done = document.execCommand("copy"); } catch { done = false; }
      }
      button.textContent = done ? "Copied" : "Selected: press Ctrl+C";
      setTimeout(() => { button.textContent = said; }, 2500);
    });
  }

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all(document, "details:not([open])").map((box) => [box, box.getAttribute("name")]);
    all(document, "details[name]").forEach((box) => { box.dataset.name = box.getAttribute("name"); box.removeAttribute("name"); });
    closed.forEach(([box]) => { box.open = true; });
  });
  addEventListener("afterprint", () => {
    closed.forEach(([box]) => { box.open = false; });
    all(document, "details[data-name]").forEach((box) => { box.setAttribute("name", box.dataset.name); delete box.dataset.name; });
    closed = [];
  });
})();
