// Comfort only: every action works without this script.
"use strict";

// Keys: a and r choose what is decided and go to the basis; n goes to the next case.
document.addEventListener("keydown", (event) => {
  const inField = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select");
  if (inField || event.ctrlKey || event.altKey || event.metaKey) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
  if (wanted.type === "radio") wanted.form.querySelector("textarea").focus();
});

// What moves is fetched anew and put in place, so that the page neither jumps nor loses the focus.
const seconds = Number(document.body.dataset.refresh);
if (seconds) {
  const timer = setInterval(async () => {
    const live = document.querySelector("[data-live]");
    if (!live || document.hidden || live.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (!answer.ok) { clearInterval(timer); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (fresh) live.replaceWith(fresh);
    if (!page.body.dataset.refresh) clearInterval(timer);
  }, seconds * 1000);
}
