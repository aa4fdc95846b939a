// Drawing what changed, and nothing else. Tells the page "calendar:drawn" when something did.
import { byId } from "../common/dom.js";

const drawn = new Map(); // id → the element as the server sent it

// Each element that the server sent takes the place of the one with its id.
export function draw(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const focused = document.activeElement?.closest?.("#calendar [id]")?.id;
  const changed = [...fresh.content.children].filter(drawOne);
  if (!changed.length) return;
  document.dispatchEvent(new Event("calendar:drawn"));
  if (focused && document.activeElement === document.body) byId(focused)?.focus({ preventScroll: true });
}

function drawOne(element) {
  const old = byId(element.id);
  const text = element.outerHTML;
  if (!old || drawn.get(element.id) === text) return false;
  drawn.set(element.id, text);
  keepFolds(element);
  renew(old, element);
  return true;
}

// What a person has folded, or opened, stays so.
export function keepFolds(fresh) {
  for (const fold of fresh.querySelectorAll("details[data-stays]")) fold.open = byId(fold.id)?.open ?? fold.open;
}

// The element stays and gets new contents: with a new one among its siblings, their style would be
// reckoned anew as well (rules like :first-child), which is most of the page.
function renew(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  old.replaceChildren(...fresh.childNodes);
}

// The page as it stands is what the server sent.
export function remember() {
  drawn.clear();
  for (const element of document.querySelectorAll("#days > .day, #bars, #tray"))
    drawn.set(element.id, element.outerHTML);
}

// What we changed by ourselves is drawn anew, even if the server sends the same as before.
export function forget(element) {
  drawn.delete(element.id);
}
