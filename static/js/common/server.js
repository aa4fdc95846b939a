// Asking the server, and saying why something was not done.
import { csrf } from "./dom.js";
import { eventsOf, inSession, tell } from "./session.js";
import { clearProblems, toast } from "./toasts.js";

const PATIENCE = 20_000; // ms

// `told` is the toast that says why; `word` is on the button that asks again, "" where that is no use.
class Refused extends Error {
  constructor(told, word = "") {
    super(told.text);
    Object.assign(this, { told, word, mayRetry: word !== "" });
  }
}

// With values, as URLSearchParams takes them, it is a POST. An answer that is no success is thrown; the
// end of the session is none, once the person is signed in again (session.js, also for `isQuiet`).
export async function ask(url, values = null, { isQuiet = false } = {}) {
  const answer = await inSession(() => fetched(url, values), { isQuiet });
  if (answer.ok && values) clearProblems();
  if (answer.ok) return answer;
  const { toast: told = { text: "Something went wrong, and nothing was changed." } } = eventsOf(answer);
  tell(answer);
  throw new Refused(told, wordFor(answer.status));
}

export const askText = async (url, options) => (await ask(url, null, options)).text();

function wordFor(status) {
  if (status === 401) return "Sign in";
  return status >= 500 || status === 429 ? "Retry" : "";
}

async function fetched(url, values) {
  const headers = { "HX-Request": "true", "X-Page-Of": document.body.dataset.pageOf };
  const options = { headers, signal: AbortSignal.timeout(PATIENCE) };
  if (values) Object.assign(options, { method: "POST", body: bodyOf(values) });
  try {
    return await fetch(url, options);
  } catch {
    throw new Refused({ text: "IGNY8 did not answer. Check your connection." }, "Retry");
  }
}

function bodyOf(values) {
  const body = new URLSearchParams(values);
  body.set("_csrf", csrf());
  return body;
}

// Says why something was not done; what is not our own Refused is a bug and stays one. Where the same
// can be asked for again this stays until it was: it holds what was typed.
export function refuse(problem, again) {
  if (!(problem instanceof Refused)) throw problem;
  const { told, word } = problem;
  const act = word ? { word, run: again } : null;
  toast({ ...told, ...(act && { href: "", key: "" }), kind: "problem", act });
}
