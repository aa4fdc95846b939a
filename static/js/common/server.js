// Asking the server, and saying why something was not done.
import { csrf } from "./dom.js";
import { clearProblems, toast } from "./toasts.js";

const PATIENCE = 20_000; // ms

// `told` is the toast that says why.
class Refused extends Error {
  constructor(told, { mayRetry = false } = {}) {
    super(told.text);
    Object.assign(this, { told, mayRetry });
  }
}

// With values, as URLSearchParams takes them, it is a POST. An answer that is no success is thrown.
export async function ask(url, values = null) {
  const answer = await fetched(url, values);
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) throw new Refused({ text: "Your session has ended.", href: elsewhere, link: "Sign in" });
  if (answer.ok && values) clearProblems();
  if (answer.ok) return answer;
  const { toast: told = { text: "Something went wrong, and nothing was changed." }, ...events } = eventsOf(answer);
  for (const [name, detail] of Object.entries(events)) document.dispatchEvent(new CustomEvent(name, { detail }));
  // A token that was renewed lets the same be sent again.
  throw new Refused(told, { mayRetry: answer.status >= 500 || answer.status === 429 || "csrf" in events });
}

// The events that an answer is to cause, by name with their details.
export const eventsOf = (answer) => JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");

export const askText = async (url) => (await ask(url)).text();

async function fetched(url, values) {
  const options = { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE) };
  if (values) Object.assign(options, { method: "POST", body: bodyOf(values) });
  try {
    return await fetch(url, options);
  } catch {
    throw new Refused({ text: "IGNY8 did not answer. Check your connection." }, { mayRetry: true });
  }
}

function bodyOf(values) {
  const body = new URLSearchParams(values);
  body.set("_csrf", csrf());
  return body;
}

// Says why something was not done; what is not our own Refused is a bug and stays one.
export function refuse(problem, again) {
  if (!(problem instanceof Refused)) throw problem;
  const act = problem.mayRetry ? { word: "Retry", run: again } : null;
  toast({ ...problem.told, kind: "problem", act });
}
