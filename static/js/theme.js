// Light or dark before the first paint. "system" follows the device, also while the page is open.
// The one script that is no module: a module waits for the page, and the page would be painted first.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = root.dataset.theme;
    root.classList.toggle("dark", theme === "dark" || (theme === "system" && device.matches));
  };
  apply();
  device.addEventListener("change", apply);
  document.addEventListener("theme", apply);
})();
