// Signing in tells in which zone this browser's clock is, for whoever has not chosen one.
import "../layout/invalid.js";

for (const field of document.querySelectorAll("[data-own-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}
