/* Search: the box in the masthead with its first results, and the search page. Pagefind (its program and the index,
   about 90 KB) is fetched when somebody begins to search, never before. What is still in effect is decided here, by
   the reader's clock: an index is as old as the site. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-tl-root]");
  if (!form) return;
  const box = form.querySelector("input[type=search]");
  const page = document.querySelector("[data-tl-find]");
  const root = new URL(form.dataset.tlRoot.replace(/\/?$/, "/"), document.baseURI);
  const KEYS = "tearline.single-keys";
  const SHOWN = 10;

  const make = (tag, given = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(given)) if (value !== undefined) made.setAttribute(key, value);
    made.append(...inside.filter(Boolean));
    return made;
  };
  const later = (task, wait) => {
    let timer = 0;
    return (...given) => { clearTimeout(timer); timer = setTimeout(task, wait, ...given); };
  };
  const spelled = (count) => count.toLocaleString("en-US");
  const howMany = (count) => (count === 1 ? "1 result" : `${spelled(count)} results`);
  const remembered = () => { try { return localStorage.getItem(KEYS) !== "off"; } catch { return true; } };

  /* -- Pagefind, at first use -------------------------------------------------------------------------------- */

  let engine;
  const load = () => {
    if ("tlEmpty" in form.dataset) return Promise.reject(new Error("empty"));
    if (window.tearlineOffline) return engine = engine || window.tearlineOffline(root);
    if (typeof WebAssembly !== "object") return Promise.reject(new Error("blocked"));
    engine = engine || (async () => {
      await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).catch(() => { throw new Error("blocked"); });
      const at = (name) => new URL(`pagefind/${name}`, root).href;
      const [pagefind, asked] = await Promise.all([import(at("pagefind.js")), fetch(at("parts.json"))]);
      const pages = await asked.json();
      const made = pagefind.createInstance({ noWorker: true, mergeFilter: { part: MAIN } });
      await Promise.all(Object.keys(pages).filter((part) => part !== MAIN).map((part) => (
        made.mergeIndex(at(`${part}/`), { mergeFilter: { part } }))));
      return merged(made, pages);
    })();
    return engine;
  };
  const NONE = "There are no bulletins yet.";
  const trouble = (error) => error.message === "empty" ? NONE
    : error.message === "blocked" ? "Search cannot run in this browser."
    : window.tearlineOffline ? "Search is not available: files of this copy are missing."
    : "Search is not available: its index cannot be fetched. A preview of the site has none.";

  /* Where no page has a word, Pagefind goes back letter by letter to the longest beginning of it that some page has:
     a name that is nowhere finds what begins alike. It does not say so, but it then answers the same for the word with
     more letters, while whole words and their stems ("…") and beginnings of words are answered by themselves. What is
     left is a word that is being typed beyond its stem: it is met where an ending completes it. */
  const ENDINGS = ["e", "s", "es", "ed", "ing", "ion", "ions", "ation", "ations", "ment", "er", "ly", "ity", "ness", "al", "able"];
  const completed = (word) => ENDINGS.flatMap((ending) => [...ending].map((_, at) => (
    word.endsWith(ending.slice(0, at)) ? word + ending.slice(at) : "")).filter(Boolean));

  /* A large site has an index for each stretch of time, told from the oldest on. They are asked as one, but what a word
     finds is told for each: a word that only some of them have would find in the others what begins alike. */
  const MAIN = "main";   // the one that lies beside the program
  const EVERY = "_";   // what every page has: without words Pagefind would fetch all of its index
  const partOf = (one) => (one.id.includes("~") ? one.id.slice(0, one.id.indexOf("~")) : MAIN);
  const held = (made, parts) => {
    const places = async (words) => {
      const found = Object.fromEntries(parts.map((part) => [part, []]));
      for (const one of (await made.search(words)).results) found[partOf(one)].push(`${one.id} ${one.words}`);
      return Object.fromEntries(parts.map((part) => [part, found[part].sort().join()]));
    };
    const wholes = new Map();   // how many pages of each have a word
    const whole = (word) => wholes.get(word)
      || wholes.set(word, made.search(`"${word}"`).then((found) => found.filters.part || {})).get(word);
    const decide = async (word) => {
      const has = { ...await whole(word) };
      if (parts.every((part) => has[part])) return has;
      const [found, beyond] = [await places(word), await places(`${word}zqxj`)];
      for (const part of parts) has[part] = has[part] || found[part] !== beyond[part] && found[part] !== "";
      const open = parts.filter((part) => found[part] && !has[part]);
      for (const one of open.length && !/\d/.test(word) ? new Set(completed(word)) : []) {
        const ends = await whole(one);
        for (const part of open) has[part] = has[part] || ends[part];
      }
      return has;
    };
    const decided = new Map();
    const has = (word) => decided.get(word) || decided.set(word, decide(word)).get(word);

    /* What to ask each index for: the words, cut at their signs where no page writes them so. An index that lacks a
       word is not there. */
    const ask = async (words) => {
      const asked = Object.fromEntries(parts.map((part) => [part, []]));
      if (/^\s*".+"\s*$/.test(words)) return Object.fromEntries(parts.map((part) => [part, words]));
      for (const word of words.replace(/["'’]/g, "").split(/\s+/)) {
        const cut = word.match(/[\p{L}\p{M}\p{N}]+/gu) || [];
        const joined = cut.length > 1 ? await whole(cut.join("")) : {};
        for (const one of parts.some((part) => joined[part]) ? [cut.join("")] : cut) {
          const known = cut.includes(one) ? await has(one) : joined;
          for (const part of parts) if (asked[part]) asked[part] = known[part] ? [...asked[part], one] : undefined;
        }
      }
      return Object.fromEntries(parts.filter((part) => asked[part] && asked[part].length).map((part) => [part, asked[part].join(" ")]));
    };
    return { ask, whole };
  };

  /* All indexes as one. How rare a word is, each knows of its own pages only, and weighs with it what it finds. So every
     word is asked for by itself, and what it weighs is put on the scale of all pages: pages come in the order that one
     index would give them, whichever they are in. */
  const merged = (made, pages) => {
    const parts = Object.keys(pages);
    const { ask, whole } = held(made, parts);
    const rarity = (found = 0, of) => Math.log(1 + (of - found + 0.5) / (found + 0.5));
    const sum = (counts) => parts.reduce((total, part) => total + (counts[part] || 0), 0);
    const weighed = async (word, results) => {
      const told = await whole(word);
      const counts = sum(told) ? told : Object.fromEntries(parts.map((part) => [part, results.filter((one) => partOf(one) === part).length]));
      const all = rarity(sum(counts), sum(pages));
      const scale = Object.fromEntries(parts.map((part) => [part, all / rarity(counts[part], pages[part])]));
      return new Map(results.map((one) => [one.id, one.score * scale[partOf(one)]]));
    };
    const weights = new Map();   // of every page, for each word of several
    const weight = (word) => weights.get(word)
      || weights.set(word, made.search(word).then((found) => weighed(word, found.results))).get(word);
    const ordered = async (results, asked) => {
      if (parts.length === 1) return results;
      const words = [...new Set(Object.values(asked).flatMap((text) => (
        text.includes('"') ? [text.replaceAll('"', "").trim()] : text.split(" "))))];
      const each = await Promise.all(words.length === 1 ? [weighed(words[0], results)] : words.map(weight));
      const scores = new Map(results.map((one) => [one, each.reduce((total, of) => total + (of.get(one.id) || 0), 0)]));
      return [...results].sort((one, other) => scores.get(other) - scores.get(one));
    };
    const added = (all, more) => {
      for (const [name, values] of Object.entries(more)) {
        const of = all[name] = all[name] || {};
        for (const [value, count] of Object.entries(values)) of[value] = (of[value] || 0) + count;
      }
      return all;
    };
    /* Filters are fetched one by one: those that are asked for, and those whose values are to be counted. */
    const search = async (words, { filters = {}, sort, count = [] } = {}) => {
      const asked = words ? await ask(words) : Object.fromEntries(parts.map((part) => [part, EVERY]));
      const given = { ...Object.fromEntries(count.map((name) => [name, { any: [] }])), ...filters };
      let [results, counts] = [[], {}];
      for (const text of new Set(Object.values(asked))) {
        const of = parts.filter((part) => asked[part] === text);
        const within = of.length < parts.length ? { ...given, part: { any: of } } : given;
        const found = await made.search(text, { filters: within, ...(sort && { sort }) });
        results = results.concat(found.results);
        counts = added(counts, found.filters);
      }
      // By date every page of a newer index comes before all of an older one.
      const newest = [...parts].reverse().flatMap((part) => results.filter((one) => partOf(one) === part));
      return { results: sort ? newest : await ordered(results, asked), filters: counts };
    };
    const values = {};   // every value of a filter, told beside the answer to a word that is nowhere
    const known = (name) => (values[name] = values[name] || made.search(`"${EVERY}${EVERY}"`, { filters: { [name]: { any: [] } } })
      .then((found) => found.filters[name] || {}));
    return { known, search };
  };

  /* A number in any spelling: "ib 2026 14" is IB-2026-014. Runs of letters and digits, without leading noughts. */
  const runs = (text) => (text.toLowerCase().match(/\d+|\p{L}+/gu) || []).map((run) => run.replace(/^0+(?=\d)/, ""));
  const joined = (text) => text.toLowerCase().replace(/[^\p{L}\d]/gu, "");
  const numbered = (text, ids) => {
    const asked = runs(text).join(" ");
    const same = ids.filter((id) => joined(id) === joined(text) || runs(id).join(" ") === asked);
    const ends = same.length || !asked.includes(" ") ? same : ids.filter((id) => ` ${runs(id).join(" ")}`.endsWith(` ${asked}`));
    return ends.length === 1 ? ends[0] : undefined;
  };
  const bulletin = async (text) => {
    if (text.length > 60 || !/\d/.test(text)) return undefined;
    const { known, search } = await load();
    const id = numbered(text.trim(), Object.keys(await known("id")));
    if (!id) return undefined;
    const { results } = await search(null, { filters: { id } });
    return results.length ? results[0].data() : undefined;
  };

  /* The number as this site spells it, where the text is one and no bulletin here has it: letters and digits in the
     order of one that is here. Its words are not searched for: parts of a number are on every page. */
  const APART = "[^\\p{L}\\d]*";
  const shape = (id) => ["^", ...id.match(/\d+|\p{L}+/gu).map((run) => (
    /^\p{L}/u.test(run) ? run : run.length === 4 ? "(\\d{4})" : "(\\d{1,9})")), "$"].join(APART);
  const absent = async (text) => {
    if (text.length > 60 || !/\p{L}.*\d/u.test(text)) return undefined;
    const ids = Object.keys(await (await load()).known("id"));
    if (numbered(text, ids)) return undefined;
    for (const [like, id] of new Map(ids.map((one) => [shape(one), one]))) {
      const [found, ...numbers] = new RegExp(like, "iu").exec(text) || [];
      if (found) return id.replace(/\d+/g, (one) => numbers.shift().replace(/^0+(?=\d)/, "").padStart(one.length, "0"));
    }
    return undefined;
  };
  const nowhere = (id) => `There is no bulletin ${id} in this edition.`;

  /* -- What a result shows ----------------------------------------------------------------------------------- */

  const over = (moment) => Date.parse(moment) <= Date.now();
  const stateOf = (moment) => (["replaced", "recalled", "open"].includes(moment) ? moment : over(moment) ? "ended" : "in-effect");
  const first = (data, name) => (data.filters[name] || [])[0] || "";
  const WORDS = { urgent: "▲ Urgent", priority: "● Priority", routine: "○ Routine", ended: "■ Ended", replaced: "➔ Replaced", recalled: "✕ Recalled: do not use" };

  const chip = (mark, style, spoken) => {
    const legend = [...document.querySelectorAll(".tl-legend .tl-mark")].find((one) => one.firstElementChild.textContent === `(${mark})`);
    if (legend) return legend.cloneNode(true);
    if (!style) return make("span", { class: "tl-mark" }, `(${mark})`);
    return make("span", { class: `tl-mark tl-mark--${style}` },
      make("span", { "aria-hidden": "true" }, `(${mark})`), make("span", { class: "tl-vh" }, `${spoken}. `));
  };
  const titled = ({ meta, url }) => [
    ...(meta.mark ? [chip(meta.mark, meta.mark_style, meta.mark_spoken), " "] : []), make("a", { href: url }, meta.title),
  ];
  const standing = (data) => {
    const state = stateOf(first(data, "state"));
    const { until, replaced } = data.meta;
    const key = ["ended", "replaced", "recalled"].includes(state) ? state : first(data, "priority").toLowerCase();
    const word = WORDS[key];
    const more = data.meta.lapsed || { ended: `not in effect since ${until}`, replaced: `by ${replaced}`, "in-effect": `In effect until ${until}` }[state];
    return { key, word, more };
  };
  const day = (text) => text && new Date(`${text}T00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const row = (data) => {
    const { key, word, more } = data.filters.id ? standing(data) : {};
    const said = data.filters.id
      ? [first(data, "id"), day(first(data, "date")), first(data, "product"), more]
      : ["Page of this site"];
    return make("p", { class: "tl-hit__row" },
      word && make("strong", { class: `tl-hit__state tl-hit__state--${key}` },
        make("span", { "aria-hidden": "true" }, `${word.slice(0, 1)} `), word.slice(2)),
      ...said.filter(Boolean).flatMap((text, at) => [at ? " · " : "", make("span", { class: "tl-nowrap" }, text)]));
  };
  const told = (data, key, label) => data.meta[key] && make("p", { class: "tl-hit__more" },
    label && make("b", {}, label), label && " ", chip(data.meta[`${key}_mark`]), ` ${data.meta[key]}`);

  const all = () => make("a", { href: new URL(window.tearlineOffline ? "bulletins/index.html" : "bulletins/", root).href }, "All bulletins");

  /* -- The box in the masthead ------------------------------------------------------------------------------- */

  const panel = form.querySelector(".tl-search__panel");
  if (panel) {
    const list = panel.querySelector("ul");
    const note = panel.querySelector(".tl-search__note");
    const status = form.querySelector("[role=status]");
    let asked = 0;
    const links = () => [...panel.querySelectorAll("a")];
    const close = () => { panel.hidden = true; asked += 1; };
    const say = (words, ...shown) => {
      note.replaceChildren(...(shown.length ? shown : [words]));
      status.textContent = words;
      panel.hidden = false;
    };
    const suggest = later(async () => {
      const words = box.value.trim();
      const mine = asked += 1;
      if (!words) return close();
      try {
        const { search } = await load();
        const missing = await absent(words);
        const [exact, found] = missing ? [undefined, { results: [] }] : [await bulletin(words), await search(words)];
        const hits = await Promise.all(found.results.slice(0, 6).map((one) => one.data()));
        if (mine !== asked || document.activeElement === document.body) return undefined;
        const shown = exact ? [exact, ...hits.filter((one) => one.url !== exact.url)].slice(0, 6) : hits;
        list.replaceChildren(...shown.map((one) => make("li", { class: "tl-hit" }, make("p", { class: "tl-hit__title" }, ...titled(one)), row(one))));
        const count = Math.max(found.results.length, shown.length);
        const every = make("a", { class: "tl-search__all", href: address(words) }, count === 1 ? "Open this in search" : `See all ${howMany(count)}`);
        if (count) {
          const enter = exact ? `Enter opens ${first(exact, "id")}.` : "";
          say(`${howMany(count)}. ${enter}`, every, ` ${enter}`);
        } else if (missing) {
          const ask = form.dataset.tlAsk ? ` Ask: ${form.dataset.tlAsk}` : "";
          say(`${nowhere(missing)}${ask}`, `${nowhere(missing)}${ask || " Use "}`, ask ? "" : all(), ask ? "" : ".");
        } else say("No results.", `No results for “${words}”. Check the spelling, or use `, all(), ".");
      } catch (error) {
        list.replaceChildren();
        if (error.message === "empty") say(NONE, NONE);
        else say(trouble(error), `${trouble(error)} Use `, all(), ".");
      }
      return undefined;
    }, 150);
    const address = (words) => `${form.action}?${new URLSearchParams({ q: words })}`;

    box.addEventListener("input", suggest);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const words = box.value.trim();
      const exact = words && await bulletin(words).catch(() => undefined);
      location.assign(exact ? exact.url : words ? address(words) : form.action);
    });
    form.addEventListener("keydown", (event) => {
      const steps = [box, ...links()];
      const at = steps.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && !panel.hidden && at >= 0) {
        event.preventDefault();
        steps[(at + step + steps.length) % steps.length].focus();
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (!panel.hidden) { close(); box.focus(); } else leave();
      }
    });
    document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) close(); });
    form.addEventListener("focusout", (event) => { if (event.relatedTarget && !form.contains(event.relatedTarget)) close(); });
    box.addEventListener("focus", () => { if (box.value.trim() && list.childElementCount) panel.hidden = false; });
  }

  /* -- Keys: / and s where the reader left them on, Ctrl+K always ---------------------------------------------- */

  let before = form.cameFrom || null;
  const leave = () => { box.blur(); if (before && before !== document.body) before.focus(); before = null; };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const chord = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    const bare = !event.ctrlKey && !event.metaKey && (!typing || ["checkbox", "radio"].includes(typing.type))
      && (event.key === "/" || event.key === "s") && remembered();
    if (!chord && !bare) return;
    event.preventDefault();
    if (document.activeElement !== box) before = document.activeElement;
    box.focus();
    box.select();
    load().catch(() => undefined);
  });
  box.addEventListener("pointerdown", () => { load().catch(() => undefined); });

  document.dispatchEvent(new Event("tl-search"));
  if (document.activeElement === box) load().catch(() => undefined);
  if (!page && box.value.trim()) box.dispatchEvent(new Event("input"));   // typed before this script was there
  if (page) searchPage();

  /* -- The search page ----------------------------------------------------------------------------------------- */

  function searchPage() {
    const part = (name) => page.querySelector(`[data-tl="${name}"]`);
    const [status, none, list, more, chosen, clear] = ["status", "none", "list", "more", "chosen", "clear"].map(part);
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    const facets = [...new Set(boxes.map((one) => one.name))];
    const { sort, from, to } = form.elements;
    const counts = [...form.querySelectorAll(".tl-count")].map((element) => ({ element, first: element.textContent }));
    const tip = status.textContent;
    const wide = matchMedia("(min-width: 55em)");
    part("filters").open = wide.matches;
    let asked = 0;

    const ticked = (name) => boxes.filter((one) => one.name === name && one.checked).map((one) => one.value);
    const within = (moment) => (!from.value || moment >= from.value) && (!to.value || moment <= to.value);
    const narrowed = () => boxes.some((one) => one.checked) || from.value || to.value;

    /* Filters as Pagefind takes them, without one facet where its own counts are asked for. None fit: undefined. */
    const filters = async (without) => {
      const { known } = await load();
      const made = {};
      for (const name of facets.filter((one) => one !== without && ticked(one).length)) {
        const values = ticked(name);
        made[name] = { any: name === "state" ? Object.keys(await known("state")).filter((one) => values.includes(stateOf(one))) : values };
      }
      if (from.value || to.value) made.date = { any: Object.keys(await known("date")).filter(within) };
      return Object.values(made).every((one) => one.any.length) ? made : undefined;
    };
    const query = async (words, chosenFilters, count) => {
      if (!chosenFilters) return { results: [], filters: {} };
      const { search } = await load();
      const order = sort.value === "newest" || !words ? { sort: { date: "desc" } } : {};
      return search(words || null, { filters: chosenFilters, count, ...order });
    };
    const counted = (name, counts) => {
      const said = {};
      for (const [value, count] of Object.entries(counts || {})) {
        const key = name === "state" ? stateOf(value) : value;
        said[key] = (said[key] || 0) + count;
      }
      for (const one of boxes.filter((each) => each.name === name)) {
        one.closest("label").querySelector(".tl-count").textContent = spelled(said[one.value] || 0);
        one.closest("label").hidden = !said[one.value] && !one.checked;
      }
      const set = boxes.find((each) => each.name === name).closest("fieldset");
      set.hidden = ![...set.querySelectorAll("label")].some((each) => !each.hidden);
    };
    const pills = () => {
      const dates = [[from, "From"], [to, "To"]].filter(([one]) => one.value);
      const made = [...boxes.filter((one) => one.checked).map((one) => [one, one.dataset.tlLabel]),
        ...dates.map(([one, label]) => [one, `${label} ${day(one.value)}`])];
      chosen.replaceChildren(...made.map(([one, label]) => {
        const button = make("button", { type: "button", class: "tl-pill", "aria-label": `${label}, remove` }, `${label} ×`);
        button.addEventListener("click", () => { one.checked = false; if (one.type === "date") one.value = ""; go("push"); status.focus(); });
        return button;
      }));
      clear.hidden = !made.length;
      part("number").textContent = made.length ? ` (${made.length})` : "";
    };

    const read = () => {
      const given = new URLSearchParams(location.search);
      box.value = given.get("q") || "";
      for (const one of boxes) one.checked = given.getAll(one.name).includes(one.value);
      [from.value, to.value] = [given.get("from") || "", given.get("to") || ""];
      sort.value = given.get("sort") === "newest" ? "newest" : "relevance";
    };
    const write = (how) => {
      const given = new URLSearchParams();
      if (box.value.trim()) given.set("q", box.value.trim());
      for (const one of boxes) if (one.checked) given.append(one.name, one.value);
      for (const one of [from, to]) if (one.value) given.set(one.name, one.value);
      if (sort.value === "newest") given.set("sort", "newest");
      const address = `${location.pathname}${given.size || [...given].length ? `?${given}` : ""}`;
      if (address === location.pathname + location.search) return;
      try { history[how === "push" ? "pushState" : "replaceState"](null, "", address); } catch { /* a browser that lets no page from a disk do so */ }
    };
    const show = async (results, start, exact) => {
      const hits = await Promise.all(results.slice(start, start + SHOWN).map((one) => one.data()));
      const shown = exact && !start ? [exact, ...hits.filter((one) => one.url !== exact.url)] : hits;
      return shown.map((one) => make("li", { class: "tl-hit" },
        make("h3", { class: "tl-hit__title" }, ...titled(one)), row(one), told(one, "area", "Where:"), told(one, "summary")));
    };
    const fail = (error) => {
      list.replaceChildren();
      more.hidden = true;
      none.hidden = true;
      status.replaceChildren(...(error.message === "empty" ? [NONE] : [`${trouble(error)} Use `, all(), "."]));
    };

    async function run() {
      const words = box.value.trim();
      const mine = asked += 1;
      pills();
      if (!words && !narrowed()) {
        list.replaceChildren();
        [more.hidden, none.hidden] = [true, true];
        for (const one of form.querySelectorAll("fieldset, .tl-tick")) one.hidden = false;
        for (const one of counts) one.element.textContent = one.first;
        status.textContent = tip;
        return;
      }
      try {
        const missing = await absent(words);
        const ask = async (count, without) => query(words, missing ? undefined : await filters(without), count);
        const found = await ask();
        const exact = narrowed() || missing ? undefined : await bulletin(words);
        const rows = await show(found.results, 0, exact);
        if (mine !== asked) return;
        const count = Math.max(found.results.length, rows.length);
        list.replaceChildren(...rows);
        more.hidden = found.results.length <= SHOWN;
        more.onclick = async () => {
          const next = await show(found.results, list.childElementCount);
          list.append(...next);
          more.hidden = list.childElementCount >= found.results.length;
          next[0].querySelector("a").focus();
        };
        const about = words ? ` for “${words}”` : "";
        status.textContent = count ? `${howMany(count)}${about}` : "";
        none.hidden = count > 0;
        part("sought").textContent = count ? "" : missing ? nowhere(missing) : `No results${about}${narrowed() ? " with these filters" : ""}.`;
        // Results come first: what is counted beside them takes longer to fetch than they do.
        const free = facets.filter((name) => !ticked(name).length);
        const open = ask(free);
        const others = await Promise.all(facets.map((name) => (free.includes(name) ? open : ask([name], name))));
        if (mine === asked) facets.forEach((name, at) => counted(name, others[at].filters[name]));
      } catch (error) {
        if (mine === asked) fail(error);
      }
    }
    const go = (how) => { write(how); return run(); };
    const typed = later(() => go("replace"), 250);

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const exact = await bulletin(box.value).catch(() => undefined);
      if (exact) { write("push"); location.assign(exact.url); } else go("push");
    });
    clear.addEventListener("click", () => {
      for (const one of boxes) one.checked = false;
      [from.value, to.value] = ["", ""];
      go("push");
      box.focus();
    });
    form.addEventListener("change", (event) => { if (event.target !== box) go("push"); });
    box.addEventListener("input", typed);
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); leave(); } });
    addEventListener("popstate", () => { read(); run(); });

    const keys = part("keys");
    keys.checked = remembered();
    keys.addEventListener("change", () => {
      try { localStorage.setItem(KEYS, keys.checked ? "on" : "off"); } catch { keys.checked = true; }
    });
    read();
    run();
  }
})();
