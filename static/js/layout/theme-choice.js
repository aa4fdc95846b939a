// Choosing light or dark: at once here, then kept on the server. js/theme.js applies it.
import { ask, refuse } from "../common/server.js";

function show(theme, form) {
  document.documentElement.dataset.theme = theme;
  document.dispatchEvent(new Event("theme"));
  for (const frame of document.querySelectorAll("iframe[data-fit]")) {
    if (frame.contentDocument) frame.contentDocument.documentElement.dataset.theme = theme;
  }
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

const keep = (theme) => ask("/theme", { theme }).catch((problem) => refuse(problem, () => keep(theme)));

document.addEventListener("submit", (event) => {
  const form = event.target;
  const theme = event.submitter?.value;
  if (!form.matches("[data-themes]") || !theme) return;
  event.preventDefault();
  show(theme, form);
  keep(theme);
});
