// What is chosen in a text goes into the forms that begin a thread: by the buttons that stand below it then, or
// when a form is opened by its key.
let chosenNow = () => null; // what letters.js says of it

// `chosen` gives what is chosen in the text of this page.
export function from(chosen) {
  chosenNow = chosen;
}

const foldOf = (kind) => document.querySelector(`details[data-saying="${kind}"]`);

function buttons() {
  const made = document.getElementById("passage-acts");
  if (made) return made;
  const bar = document.createElement("div");
  Object.assign(bar, { id: "passage-acts", className: "passage-acts", hidden: true });
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "About the chosen words");
  for (const [kind, word] of [
    ["comment", "Comment"],
    ["suggestion", "Suggest"],
  ]) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "btn",
      textContent: word,
    });
    Object.assign(button.dataset, { begin: kind, size: "sm", variant: "ghost" });
    bar.append(button);
  }
  document.body.append(bar);
  return bar;
}

// Offers what can be done with the passage that was chosen; `box` is where it stands on the screen.
export function offer(passage, box) {
  if (!passage && !document.getElementById("passage-acts")) return;
  const bar = buttons();
  bar.hidden = !passage || !foldOf("comment");
  if (bar.hidden) return;
  const left = Math.max(8, Math.min(box.left, innerWidth - bar.offsetWidth - 8));
  bar.style.insetInlineStart = `${left}px`;
  bar.style.insetBlockStart = `${Math.min(box.bottom + 6, innerHeight - bar.offsetHeight - 8)}px`;
}

function fill(fold) {
  const chosen = chosenNow();
  if (!chosen) return false;
  const words = fold.querySelector('[name="words"]');
  words.value = chosen.words;
  words.dispatchEvent(new Event("input", { bubbles: true }));
  fold.querySelector("[data-before]").value = chosen.before;
  fold.querySelector("[data-behind]").value = chosen.after;
  const instead = fold.querySelector('[name="instead"]');
  if (instead && !instead.value) instead.value = chosen.words;
  (instead ?? fold.querySelector('[name="text"]')).focus();
  instead?.select();
  chosen.range.startContainer.ownerDocument.getSelection().removeAllRanges();
  offer(null);
  return true;
}

// Opens the form for a comment or a suggestion on what is chosen.
export function beginAbout(kind) {
  const fold = foldOf(kind);
  if (!fold) return;
  document.getElementById("tab-comments")?.click();
  fold.open = true;
  if (!fill(fold)) fold.querySelector("textarea").focus();
  fold.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", ({ target }) => {
  const kind = target.closest("[data-begin]")?.dataset.begin;
  if (kind) beginAbout(kind);
});
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.open && target.matches("details[data-saying]")) fill(target);
  },
  true,
);
// Other words than those that were chosen stand elsewhere.
document.addEventListener("input", ({ target, isTrusted }) => {
  if (!isTrusted || !target.matches('[data-saying] [name="words"]')) return;
  for (const field of target.form.querySelectorAll("[data-before], [data-behind]")) field.value = "";
});
addEventListener("scroll", () => offer(null), { capture: true, passive: true });
