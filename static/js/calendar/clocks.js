// The sites' clocks go on while the page stands.

const SHOWN = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

function tick() {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const text = new Intl.DateTimeFormat("en-GB", { ...SHOWN, timeZone: clock.dataset.clock }).format(new Date());
    clock.textContent = text.replace(",", "");
  }
}

setInterval(tick, 10_000);
