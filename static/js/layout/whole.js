// What is cut short says itself in full under the mouse. A piece on the calendar has its details there.
const HIGHEST = 3; // how far above what is under the mouse

const isCut = (one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;

function maySayLess(one) {
  const { textOverflow, webkitLineClamp } = getComputedStyle(one);
  return textOverflow === "ellipsis" || !["none", ""].includes(webkitLineClamp);
}

const textOf = (one) => (one.matches("select") ? one.selectedOptions[0]?.text : one.textContent);

document.addEventListener("mouseover", ({ target }) => {
  if (target.closest("[title], .entry")) return;
  let one = target;
  for (let above = 0; above < HIGHEST && one; above += 1, one = one.parentElement) {
    const isShort = one.matches("select") || (maySayLess(one) && isCut(one));
    if (isShort) one.title = textOf(one)?.replaceAll(/\s+/g, " ").trim() ?? "";
    if (isShort) return;
  }
});
