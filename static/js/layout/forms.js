// Forms everywhere: selects that act by themselves, the token of a session that was begun anew, and
// forms that lead to a page.
import { ask, refuse } from "../common/server.js";
import { tell } from "../common/session.js";

// Without JavaScript a button stands beside such a select.
document.addEventListener("change", (event) => {
  event.target.closest("form[data-submit-on-change]")?.requestSubmit();
});

// Somebody signed in again in another tab: what stands on this page can be sent all the same.
document.addEventListener("csrf", ({ detail }) => {
  for (const field of document.querySelectorAll('input[name="_csrf"]')) field.value = detail.token;
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRF-Token": detail.token }));
});

// -- a plain form takes what was typed along when it leaves the page. So before it goes out somebody is
// asked whether there is a session, and whether anybody is there at all.
const underWay = new WeakSet(); // forms about which the server is asked
const ready = new WeakSet(); // forms that go out now

function isPlain(form, button) {
  const method = button?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "get";
  return method.toLowerCase() === "post" && !form.matches('[action="/sign-out"]');
}

async function send(form, button) {
  if (underWay.has(form)) return;
  underWay.add(form);
  try {
    tell(await ask("/session"));
    ready.add(form);
    form.requestSubmit(button);
  } catch (problem) {
    refuse(problem, () => send(form, button));
  } finally {
    underWay.delete(form);
  }
}

// On the window: after all who send a form themselves.
addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || !isPlain(form, submitter) || ready.delete(form)) return;
  event.preventDefault();
  send(form, submitter);
});
