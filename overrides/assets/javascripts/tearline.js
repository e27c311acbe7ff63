/* What a page gains by script. All of it can be read, printed and acted on without: times are written out with their
   zone, and what has ended says so from the next build on. Times are looked at again each minute and when the page is
   looked at again, since a page stays open for days. */
(() => {
  "use strict";

  const HOUR = 3600000;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // -- Marks -------------------------------------------------------------------------------------------------------

  // A page says once whom a mark lets it be shared with: in its legend, or at the mark's first chip. All its other chips
  // get the same tooltip here, before the theme looks for tooltips (which it does once the document is read).
  function tellSharing() {
    const mark = (chip) => chip.querySelector("[aria-hidden]")?.textContent;
    const chips = all(".tl-mark");
    const said = new Map(chips.filter((chip) => chip.title).map((chip) => [mark(chip), chip.title]));
    for (const row of all(".tl-legend dl > div")) said.set(mark(row), row.querySelector("dd").textContent);
    for (const chip of chips) if (said.has(mark(chip))) chip.title = said.get(mark(chip));
  }

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

  // What says that something is urgent or in effect, as it was built and as it is once its time is over.
  const SQUARE = '<path d="M4 4h16v16H4z"/>';

  function relabel(label, over, words) {
    if (!label) return;
    if (label.tlBuilt === undefined) label.tlBuilt = label.innerHTML;
    if (label.classList.contains("tl-tag--over") === over) return;
    label.classList.toggle("tl-tag--over", over);
    label.innerHTML = label.tlBuilt;
    if (!over) return;
    const icon = label.querySelector("svg");
    if (icon) icon.innerHTML = SQUARE;
    label.replaceChildren(...(icon ? [icon] : []), ` ${words}`);
  }

  function age(element, now) {
    const { tlUntil: until, tlLapses: lapses } = element.dataset;
    const rest = Date.parse(until || lapses) - now;
    const over = rest <= 0;
    element.classList.toggle("tl-over", over);
    relabel(element.querySelector(".tl-state__word"), over, until ? "Ended" : "Urgent when issued");
    const tag = element.querySelector(".tl-tag");
    if (tag) relabel(tag, over, until ? "No longer in effect" : "No end given");
    else if (until) note(element, over ? "Ended: no longer in effect" : left(rest));
    else if (over) note(element, "No longer counted as urgent");
  }

  // The front page's first sentence, and the headings of its cards, count what is still in effect.
  function recount() {
    const line = document.querySelector(".tl-kind--home .tl-head h1");
    if (!line || !document.querySelector(".tl-alert.tl-over, [data-tl-recounted]")) return;
    const still = all(".tl-alert:not(.tl-over)");
    const urgent = still.filter((each) => each.matches(".tl-alert--urgent")).length;
    const others = still.length - urgent;
    line.dataset.tlRecounted = "";
    line.firstChild.textContent = urgent
      ? `In effect now: ${urgent} urgent${others ? `, ${others} more` : ""}`
      : `No urgent bulletins in effect${others ? `, ${others} others` : ""}`;
    for (const cards of all(".tl-alerts")) {
      const title = cards.parentElement.querySelector("h2");
      const over = !cards.querySelector(".tl-alert:not(.tl-over)");
      title.dataset.tlBuilt = title.dataset.tlBuilt || title.textContent;
      title.textContent = over ? "Ended" : title.dataset.tlBuilt;
      cards.parentElement.setAttribute("aria-label", title.textContent);
    }
  }

  function lookAtTheClock() {
    const now = Date.now();
    for (const element of all("[data-tl-until], [data-tl-lapses]")) age(element, now);
    recount();
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
    all(".tl-vh, .tl-left, .headerlink, svg", copy).forEach((each) => each.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  // A log is read later: it says when this was copied, and nothing that counts from now.
  function copyingTime() {
    const form = new Intl.DateTimeFormat("en-US", {
      weekday: "short", day: "numeric", month: "long", year: "numeric",
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
    });
    const of = Object.fromEntries(form.formatToParts(new Date()).map((part) => [part.type, part.value]));
    return `Copied ${of.weekday} ${of.day} ${of.month} ${of.year}, ${of.hour}:${of.minute} ${of.timeZoneName}`;
  }

  function stateForTheLog(state) {
    const label = state.querySelector(".tl-state__word");
    const said = all(":scope > span:not(.tl-state__word, .tl-left)", state).map(words);
    return [label && `${words(label).toUpperCase()}.`, ...said].filter(Boolean).join(" ");
  }

  function forTheLog() {
    const banner = document.querySelector('meta[name="marking"]').content;
    const exercise = document.querySelector(".tl-exercise");
    const states = all(".tl-head > .tl-state").map(stateForTheLog);
    const head = all(".tl-id, .tl-head h1, .tl-instead").map(words);
    const facts = all(".tl-fact").map((fact) => `${words(fact.querySelector("dt"))}: ${words(fact.querySelector("dd"))}`);
    const sharing = all(".tl-share p").map(words);
    const copy = document.querySelector("[data-tl-copy]"); // which lies where nobody else can go
    const where = copy ? words(copy) : location.href.split("#")[0];
    const lines = [banner, exercise && words(exercise), ...states, ...head, ...facts, ...sharing, copyingTime(), where, banner];
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
    button.dataset.tlHidden = String(hidden);
    button.textContent = hidden ? "Show marks on screen" : "Hide marks on screen";
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
      const hidden = button.dataset.tlHidden !== "true";
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

  tellSharing();
  lookAtTheClock();
  setInterval(lookAtTheClock, 60000);
  document.addEventListener("visibilitychange", lookAtTheClock);
})();
