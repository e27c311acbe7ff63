/* Says loudly when an offline copy's time is over, looking at the clock each minute: a page stays open for days. Until
   when it is valid stands in the page for those without script. */
(() => {
  "use strict";
  const line = document.querySelector("[data-tl-offline]");
  if (!line) return;
  const said = line.querySelector("[role=status]");
  const [made, until] = [Date.parse(line.dataset.tlCopied), Date.parse(line.dataset.tlValid)];
  const AHEAD = 3600000; // how far the clock that a copy was made by may be ahead of this one

  function look() {
    const now = Date.now();
    const over = now >= until;
    const early = now < made - AHEAD;
    const words = over
      ? `This offline copy is out of date: its time ended on ${line.dataset.tlOver}. Do not act on it: get a new one.`
      : early ? "By the clock of this device this copy is yet to be made. Check the date yourself." : "";
    line.classList.toggle("tl-offline--over", over);
    line.classList.toggle("tl-offline--early", early);
    if (said.textContent !== words) said.textContent = words;
  }

  look();
  setInterval(look, 60000);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("beforeprint", look);
})();
