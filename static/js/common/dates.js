// Days as the server writes them (webapp/core/dates.py): "Tue 1 Dec 2026", and "Sep", where browsers have
// "Sept". Gives a function from a moment to its day in that zone; its weekday is left out unless wanted.
const DAY = { day: "numeric", month: "short", year: "numeric" };

export function daysIn(timeZone, { weekday } = {}) {
  const words = new Intl.DateTimeFormat("en-GB", { ...DAY, weekday, timeZone });
  return (moment) => words.format(moment).replace("Sept", "Sep").replace(",", "");
}
