/* Search in an offline copy. A page from a disk may fetch nothing and run no WebAssembly, so Pagefind cannot run there;
   a plain script may be loaded. This gives search.js what it asks of an engine, by MiniSearch over the words that
   Pagefind read on each page (search-data.js: each word once, so a phrase is looked for as its words). Both are loaded when somebody begins to search, never before. */
(() => {
  "use strict";

  const CHUNK = 40; // pages read at a time, so that the page stays usable meanwhile
  const STEM = "="; // before stems, which are no words
  const WEIGHTS = { title: 4, id: 4, text: 1 };

  const loaded = (address) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = () => failed(new Error("missing"));
    document.head.append(script);
  });

  /* Words as they are compared: small letters without accents, and without the commonest endings of English. */
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const stem = (word) => {
    if (/\d/.test(word)) return word;
    const ending = word.length > 7 ? /(?:ions?|ing|ed|es|e|s)$/ : word.length > 5 ? /(?:ing|ed|es|e|s)$/ : /es?$/;
    const bare = word.replace(ending, "");
    const cut = bare === word && word.length > 3 ? word.replace(/([^s])s$/, "$1") : bare;
    return cut.length > 2 ? cut : word;
  };
  const tokens = (text) => folded(text).match(/[\p{L}\d]+/gu) || [];

  const counted = (pages) => {
    const counts = {};
    for (const { filters } of pages) {
      for (const [name, values] of Object.entries(filters)) {
        const of = counts[name] = counts[name] || {};
        for (const value of values) of[value] = (of[value] || 0) + 1;
      }
    }
    return counts;
  };
  /* Filters as Pagefind takes them: a value, or any of several. */
  const fits = (page, filters) => Object.entries(filters).every(([name, wanted]) => {
    const has = page.filters[name] || [];
    return (typeof wanted === "string" ? [wanted] : wanted.any).some((value) => has.includes(value));
  });
  const first = (page, name) => (page.filters[name] || [])[0] || "";
  const age = (page) => `${first(page, "date") || first(page, "year") || "0"} ${first(page, "id") || page.url}`;
  const newest = (one, other) => (age(one) < age(other) ? 1 : -1);

  window.tearlineOffline = async (root) => {
    const at = (name) => new URL(name, root).href;
    await Promise.all([loaded(at("assets/offline/minisearch.js")), loaded(at("assets/offline/search-data.js"))]);
    const pages = window.tearlinePages;
    const index = new window.MiniSearch({
      fields: Object.keys(WEIGHTS), idField: "place", tokenize: tokens,
      processTerm: (word) => [...new Set([word, `${STEM}${stem(word)}`])],
    });
    const read = pages.map((page, place) => ({ place, title: page.meta.title, id: first(page, "id"), text: page.words }));
    await index.addAllAsync(read, { chunkSize: CHUNK });

    /* Every word has to be there: as it is, with the same stem, or as the beginning of a longer one. Nothing that is
       only spelled alike is found, as on the served site: a name that is nowhere must not seem to be somewhere. */
    const met = (word) => ({ combineWith: "OR", queries: [
      { queries: [word], prefix: true, weights: { prefix: 0.5 } }, { queries: [`${STEM}${stem(word)}`] },
    ] });
    const matching = (words) => index.search({ combineWith: "AND", queries: tokens(words).map(met) }, {
      boost: WEIGHTS, tokenize: (one) => [one], processTerm: (one) => one,
    }).map((one) => pages[one.id]);
    const search = async (words, { filters = {}, sort } = {}) => {
      const found = (words ? matching(words) : [...pages]).filter((page) => fits(page, filters));
      if (sort) found.sort(newest);
      const data = (page) => ({ ...page, url: at(`.${page.url}index.html`), excerpt: "" });
      return { results: found.map((page) => ({ id: page.url, data: async () => data(page) })), filters: counted(found) };
    };
    const all = counted(pages);
    return { known: async (name) => all[name] || {}, search };
  };
})();
