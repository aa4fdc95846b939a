// What was typed here before and could not be saved, because the browser or the network went: it is
// saved now, merged with what others did since, before the page opens.
import { byId } from "../../common/dom.js";
import { openCopies } from "./copies.js";
import { momentOf } from "./state.js";
import { sendDraft } from "./wire.js";

const tab = `${Date.now()}-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
let own = null; // the copies of this tab

export const copiesOfTab = () => own;

// What is to be asked, what is to be said, and what the server does not take: it stands in the page again.
export async function bringBack(draft) {
  const { id, account } = byId("desk").dataset;
  const whose = `${document.body.dataset.pageOf}:${account}:${id}`;
  own = await openCopies({ whose, tab, secret: draft.key });
  const found = { clashes: [], lines: [], refused: {} };
  for (const { name, copy } of (await own?.others()) ?? []) {
    const { base, clashes, at: when, ...sent } = copy;
    const at = momentOf(when);
    try {
      const answer = await sendDraft(id, { ...sent, mode: "restored" }, base);
      found.clashes.push(...clashes, ...answer.clashes);
      if (answer.saved) found.lines.push(`What you typed at ${at} and was not saved then is saved now.`);
      if (Object.keys(answer.wrong).length) await own.put(copy); // until this page has its own
      Object.assign(found.refused, refusedOf(sent, answer.wrong));
      await own.remove(name);
    } catch (problem) {
      found.lines.push(`What you typed at ${at} is still in this browser, and could not be saved: ${problem.message}.`);
    }
  }
  return found;
}

const refusedOf = ({ html, fields }, wrong) =>
  Object.fromEntries(Object.keys(wrong).map((name) => [name, name === "html" ? html : fields[name].to]));
