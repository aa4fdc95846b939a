// Choosing light or dark: at once here, then kept on the server. js/theme.js applies it.
import { csrf } from "../common/dom.js";
import { toast } from "../common/toasts.js";

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

document.addEventListener("submit", (event) => {
  const form = event.target;
  const theme = event.submitter?.value;
  if (!form.matches("[data-themes]") || !theme) return;
  event.preventDefault();
  show(theme, form);
  const body = new URLSearchParams({ theme, _csrf: csrf() });
  fetch(form.action, { method: "POST", body }).catch(() =>
    toast({ kind: "problem", text: "The theme could not be kept." }),
  );
});
