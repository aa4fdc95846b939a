// What a field lacks is said under it, in the page's own words, instead of in a bubble over them.
const WORDS = {
  valueMissing: () => "Fill this in.",
  typeMismatch: ({ type }) => (type === "email" ? "This is no e-mail address." : "This is no address."),
  tooShort: ({ minLength }) => `This takes ${minLength} characters or more.`,
  tooLong: ({ maxLength }) => `This takes at most ${maxLength} characters.`,
  badInput: () => "This cannot be read.",
  rangeUnderflow: ({ min }) => `The earliest here is ${min}.`,
  rangeOverflow: ({ max }) => `The latest here is ${max}.`,
};
const told = new WeakMap(); // field → its message
let isFirst = true; // of the fields of one attempt

function wordsFor(field) {
  const fault = Object.keys(WORDS).find((name) => field.validity[name]);
  return fault ? WORDS[fault](field) : field.validationMessage;
}

function tell(field) {
  forget(field);
  const line = document.createElement("p");
  line.className = "wrong";
  line.id = `${field.id}-lacks`;
  line.textContent = wordsFor(field);
  field.after(line);
  field.setAttribute("aria-invalid", "true");
  const describing = field.getAttribute("aria-describedby") ?? "";
  field.setAttribute("aria-describedby", `${describing} ${line.id}`.trim());
  told.set(field, line);
}

function forget(field) {
  if (!told.has(field)) return;
  told.get(field).remove();
  told.delete(field);
  field.removeAttribute("aria-invalid");
  const describing = field.getAttribute("aria-describedby").split(" ");
  const others = describing.filter((id) => id !== `${field.id}-lacks`);
  if (others.length) field.setAttribute("aria-describedby", others.join(" "));
  else field.removeAttribute("aria-describedby");
}

document.addEventListener(
  "invalid",
  (event) => {
    event.preventDefault();
    tell(event.target);
    if (isFirst) event.target.focus();
    isFirst = false;
    setTimeout(() => {
      isFirst = true;
    });
  },
  true,
);
document.addEventListener("input", ({ target }) => forget(target));
