// A plain form takes what was typed along when it leaves the page. So before it goes out somebody is
// asked whether there is a session, and whether anybody is there at all.

import { ask, refuse } from "../common/server.js";
import { tell } from "../common/session.js";

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
