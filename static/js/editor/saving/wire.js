// What goes to the server and comes back, as JSON.
import { csrf } from "../../common/dom.js";
import { eventsOf, inSession, tell } from "../../common/session.js";

const PATIENCE = 20_000; // ms, and more for much:
const SLOWEST = 20; // bytes/ms
export const KEPT_ALIVE = 60_000; // bytes that a page that is being left may still send

// Why something was not saved. `isGone`: nobody answered, so the same may work in a moment.
export class NotSaved extends Error {
  constructor(words, { isGone = false, needsBase = false } = {}) {
    super(words);
    Object.assign(this, { isGone, needsBase });
  }
}

const addressOf = (id) => `/content/${id}/draft`;

async function fetched(url, body = null) {
  const headers = { "HX-Request": "true", "X-Page-Of": document.body.dataset.pageOf };
  const options = { headers, signal: AbortSignal.timeout(PATIENCE + (body?.length ?? 0) / SLOWEST) };
  if (body !== null) {
    Object.assign(options, { method: "POST", body });
    Object.assign(headers, { "Content-Type": "application/json", "X-CSRF-Token": csrf() });
  }
  try {
    return await fetch(url, options);
  } catch {
    throw new NotSaved("IGNY8 does not answer", { isGone: true });
  }
}

async function answered(url, body = null) {
  const answer = await inSession(() => fetched(url, body), { isOfTyping: true });
  if (answer.ok) return read(answer);
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (answer.status === 409 && isJson) throw new NotSaved("Somebody else saved it", { needsBase: true });
  if (answer.status === 401) throw new NotSaved("You are signed out");
  tell(answer);
  const { toast } = eventsOf(answer);
  throw new NotSaved(toast?.text ?? "Something went wrong", { isGone: answer.status >= 500 || answer.status === 429 });
}

// What breaks off is no answer, nor is the page of a network that one has to sign in to.
async function read(answer) {
  try {
    return await answer.json();
  } catch {
    throw new NotSaved("IGNY8 does not answer, or what answers is not IGNY8", { isGone: true });
  }
}

export const fetchDraft = (id) => answered(addressOf(id));

export async function sendDraft(id, sent, base) {
  try {
    return await answered(addressOf(id), JSON.stringify(sent));
  } catch (problem) {
    if (!problem.needsBase || base === null) throw problem;
    return answered(addressOf(id), JSON.stringify({ ...sent, base }));
  }
}

// From a page that is being left: nobody waits for the answer. Whether it was little enough to be sent.
export function sendLast(id, sent) {
  const body = JSON.stringify(sent);
  if (new Blob([body]).size > KEPT_ALIVE) return false;
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf(), "HX-Request": "true" };
  headers["X-Page-Of"] = document.body.dataset.pageOf;
  fetch(addressOf(id), { method: "POST", body, headers, keepalive: true }).catch(() => {});
  return true;
}
