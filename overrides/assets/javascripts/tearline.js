/* What a page gains by script. All of it can be read, printed and acted on without: times are written out with their
   zone, and what has ended says so from the next build on. Times are looked at again each minute and when the page is
   looked at again, since a page stays open for days. */
(() => {
  "use strict";

  const HOUR = 3600000;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // -- Times -------------------------------------------------------------------------------------------------------

  function left(milliseconds) {
    const minutes = Math.ceil(milliseconds / 60000);
    if (minutes < 60) return `${minutes} min left`;
    if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
    return `${Math.floor(minutes / 60 / 24)} days left`;
  }

  function note(element, words) {
    let said = element.querySelector(".tl-left");
    if (!said) {
      said = document.createElement("span");
      said.className = "tl-left";
      (element.querySelector(".tl-alert__state") || element.querySelector(".tl-muted") || element).append(" ", said);
    }
    if (said.textContent !== words) said.textContent = words;
  }

  function lookAtTheClock() {
    const now = Date.now();
    for (const element of all("[data-tl-until]")) {
      const rest = Date.parse(element.dataset.tlUntil) - now;
      const ended = rest <= 0;
      element.classList.toggle("tl-over", ended);
      note(element, ended ? "Ended: no longer in effect" : left(rest));
    }
    for (const element of all("[data-tl-published]")) {
      const hours = Math.floor((now - Date.parse(element.dataset.tlPublished)) / HOUR);
      const stale = hours >= Number(element.dataset.tlStale);
      element.classList.toggle("tl-published--stale", stale);
      if (stale) note(element, `This copy is ${hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`} old.`);
    }
  }

  // -- A text for an incident log ------------------------------------------------------------------------------------

  function words(element) {
    const copy = element.cloneNode(true);
    all(".tl-vh, .headerlink, svg", copy).forEach((each) => each.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  function forTheLog() {
    const banner = document.querySelector('meta[name="marking"]').content;
    const exercise = document.querySelector(".tl-exercise");
    const head = all(".tl-state, .tl-id, .tl-head h1, .tl-instead").map(words);
    const facts = all(".tl-fact").map((fact) => `${words(fact.querySelector("dt"))}: ${words(fact.querySelector("dd"))}`);
    const copy = document.querySelector("[data-tl-copy]"); // which lies where nobody else can go
    const where = copy ? words(copy) : location.href.split("#")[0];
    const lines = [banner, exercise && words(exercise), ...head, ...facts, where, banner];
    return lines.filter(Boolean).join("\n") + "\n";
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // An intranet without https has no clipboard of that kind.
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "tl-vh";
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }

  // -- Buttons -------------------------------------------------------------------------------------------------------

  function remember(key, value) {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch { /* a browser that keeps nothing */ }
    return null;
  }

  function hideMarks(button, hidden) {
    document.documentElement.classList.toggle("tl-no-marks", hidden);
    button.setAttribute("aria-pressed", String(hidden));
  }

  const doing = {
    print: () => window.print(),
    copy: async (button) => {
      const done = await copied(forTheLog());
      const said = button.parentElement.querySelector("[role=status]");
      said.textContent = done ? "Copied, with its marking" : "Copying did not work: select the text by hand";
      button.focus();
    },
    marks: (button) => {
      const hidden = button.getAttribute("aria-pressed") !== "true";
      hideMarks(button, hidden);
      remember("tl-marks", hidden ? "hidden" : "shown");
    },
  };

  for (const button of all("[data-tl-do]")) {
    button.hidden = false;
    button.addEventListener("click", () => doing[button.dataset.tlDo](button));
    if (button.dataset.tlDo === "marks") hideMarks(button, remember("tl-marks") === "hidden");
  }

  // -- Search, when somebody begins to search ------------------------------------------------------------------------

  const box = document.querySelector("form[data-tl-script]");
  if (box) {
    let asked;
    const search = () => {
      asked = asked || new Promise((done) => {
        const script = document.createElement("script");
        script.src = box.dataset.tlScript;
        script.onload = done;
        document.head.append(script);
      });
      return asked;
    };
    const bare = () => remember("tearline.single-keys") !== "off";
    const early = (event) => {
      const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
      const chord = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      const key = !typing && !event.ctrlKey && !event.metaKey && !event.altKey && /^[/s]$/.test(event.key) && bare();
      if (!chord && !key) return;
      event.preventDefault();
      const field = box.querySelector("input[type=search]");
      if (document.activeElement !== field) box.cameFrom = document.activeElement;   // where Escape leads back to
      field.focus();   // at once: what is typed next belongs there
      field.select();
      search();
    };
    const submit = (event) => {
      event.preventDefault();
      search().then(() => box.requestSubmit());
    };
    document.addEventListener("keydown", early);
    box.addEventListener("submit", submit);
    for (const kind of ["pointerdown", "input"]) box.addEventListener(kind, search, { once: true });
    document.addEventListener("tl-search", () => {   // it is there, and does all this itself from here on
      document.removeEventListener("keydown", early);
      box.removeEventListener("submit", submit);
    });
  }

  // What is folded has to be on paper too.
  const folded = [];
  window.addEventListener("beforeprint", () => {
    for (const each of all("details:not([open]):not(.tl-menu)")) {
      each.open = true;
      folded.push(each);
    }
  });
  window.addEventListener("afterprint", () => folded.splice(0).forEach((each) => { each.open = false; }));

  // A wide table scrolls by itself; then the keyboard has to reach it.
  function reachTables() {
    for (const wrap of all(".md-typeset__scrollwrap")) {
      const wide = wrap.scrollWidth > wrap.clientWidth;
      for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", "Wide table"]]) {
        if (wide) wrap.setAttribute(name, value);
        else wrap.removeAttribute(name);
      }
    }
  }
  window.addEventListener("load", reachTables);
  window.addEventListener("resize", reachTables);

  lookAtTheClock();
  setInterval(lookAtTheClock, 60000);
  document.addEventListener("visibilitychange", lookAtTheClock);
})();
