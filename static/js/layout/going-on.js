// What htmx sends goes on after the session has ended, as what scripts ask for does (common/session.js).
import { csrf } from "../common/dom.js";
import { inSession } from "../common/session.js";
import { isLive } from "../live/parts.js";

// What a part fetches by itself, or while somebody types: nobody asked for it.
const TYPED = "input:not([type=checkbox], [type=radio]), textarea";
const isTyping = (event) => ["input", "change"].includes(event?.type) && event.target.matches(TYPED);
const isQuiet = ({ sourceElement, sourceEvent }) => isLive(sourceElement) || isTyping(sourceEvent);

// The request with the token of now: of the session that is there by then.
function renewed(request) {
  if (request.headers["X-CSRF-Token"]) request.headers["X-CSRF-Token"] = csrf();
  if (request.body?.has?.("_csrf")) request.body.set("_csrf", csrf());
  return request;
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.request.action === "/sign-in") return;
  ctx.request.headers["X-Page-Of"] = document.body.dataset.pageOf;
  const send = ctx.fetch;
  ctx.fetch = (address, request) =>
    inSession(
      async () => {
        const answer = await send(address, renewed(request));
        if (answer.status === 401) clearTimeout(ctx.requestTimeout); // signing in takes as long as it takes
        return answer;
      },
      { isQuiet: isQuiet(ctx) },
    );
});
