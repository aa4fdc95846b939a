// In the editor threads cost nothing until somebody asks for them, or the piece has some.
const load = () => import("./editor.js");
const tab = document.getElementById("tab-comments");

if (document.querySelector("[data-thread]")) requestIdleCallback(load);
tab.addEventListener("click", load);
tab.addEventListener("focus", load);
// Ctrl Alt M: say something about the words that are chosen.
document.addEventListener("keydown", async (event) => {
  if (!event.ctrlKey || !event.altKey || event.code !== "KeyM") return;
  event.preventDefault();
  (await load()).begin();
});
