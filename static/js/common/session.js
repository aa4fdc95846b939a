// What is sent while the session has ended is not lost: it waits until the person has signed in over
// the page, and is sent again. Signed in again in another tab, it is sent with the token of now.
import { csrf } from "./dom.js";
import { signInAgain } from "./sign-in-again.js";

// `isQuiet`: nobody asked for it just now. Then no dialog takes the focus away; the page says that
// the session is over (live/stream.js). `isOfTyping`: it is of what somebody types, who goes on with that;
// then the dialog comes once they rest.
export async function inSession(send, { isQuiet = false, isOfTyping = false } = {}) {
  const answer = await send();
  if (answer.status !== 401) return renewed(answer, send);
  if (!isQuiet) return (await signInAgain({ atRest: isOfTyping })) ? renewed(await send(), send) : answer;
  document.dispatchEvent(new Event("signed-out"));
  return answer;
}

// The answer; or the next one, where this one has brought the token of now.
function renewed(answer, send) {
  if (answer.status !== 403 || !("csrf" in eventsOf(answer))) return answer;
  tell(answer);
  return send();
}

// The events that an answer is to cause, by name with their details.
export const eventsOf = (answer) => JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");

// Causes them, all but the toast, which the caller shows.
export function tell(answer) {
  for (const [name, detail] of Object.entries(eventsOf(answer))) {
    if (name === "csrf") detail.isNew = detail.token !== csrf();
    if (name !== "toast") document.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
