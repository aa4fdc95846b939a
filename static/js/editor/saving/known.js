// What the server has of the piece, what the page has beyond that, and how an answer changes either.
//
//   page: { html(), fields(), takeText(html), takeField(name, text), wrong({name: sentence}) }
const known = { version: "", html: "", fields: {} };
const refused = new Map(); // field → the text of it that the server did not take
let page = null;

export function begin(draft, of) {
  page = of;
  Object.assign(known, { version: draft.version, html: draft.html, fields: { ...draft.fields } });
}

export const version = () => known.version;
export const base = () => known.html;

// What is sent where there is nothing to save: the answer tells what others did.
export const nothing = () => ({ version: known.version, fields: {} });

// What the page has and the server has not; null where that is nothing.
export function difference(mode = "autosave") {
  const sent = { version: known.version, fields: {}, mode };
  for (const [name, to] of Object.entries(page.fields())) {
    const was = known.fields[name];
    if (was !== undefined && to !== was && refused.get(name) !== to) sent.fields[name] = { to, was };
  }
  const html = page.html();
  if (html !== known.html) sent.html = html;
  return html === known.html && !Object.keys(sent.fields).length ? null : sent;
}

// Fields that the page has in a way that the server does not take.
export const wrongFields = () => [...refused.keys()].filter((name) => page.fields()[name] === refused.get(name));

// Takes an answer in; whether the page has to send again what was typed meanwhile, merged by then.
export function take(answer, sent) {
  takeFields(answer, sent);
  page.wrong({ ...Object.fromEntries(wrongFields().map((name) => [name, wrongOf.get(name)])), ...answer.wrong });
  const sentHtml = sent.html ?? known.html;
  if (answer.html !== null && page.html() !== sentHtml) {
    // Another text stands there by now, and somebody typed on: what they typed began with what was sent.
    Object.assign(known, { version: "", html: sentHtml });
    return true;
  }
  if (answer.html !== null) page.takeText(answer.html);
  Object.assign(known, { version: answer.version, html: answer.html ?? sentHtml });
  return false;
}

const wrongOf = new Map(); // field → why it was not taken

function takeFields({ fields, wrong }, sent) {
  for (const [name, { to }] of Object.entries(sent.fields)) {
    refused.delete(name);
    if (!(name in wrong)) known.fields[name] = to;
    else {
      refused.set(name, to);
      wrongOf.set(name, wrong[name]);
    }
  }
  const shown = page.fields();
  for (const [name, text] of Object.entries(fields)) {
    const before = sent.fields[name]?.to ?? known.fields[name];
    known.fields[name] = text;
    if (shown[name] === before) page.takeField(name, text);
  }
}

// Puts in what was chosen where two had changed the same place.
export function settle({ field, before, after, theirs }, text) {
  if (field !== "html") return page.takeField(field, text);
  const html = page.html();
  const at = html.indexOf(before + theirs + after);
  const from = at < 0 ? html.indexOf(theirs) : at + before.length;
  page.takeText(from < 0 ? html + text : html.slice(0, from) + text + html.slice(from + theirs.length));
}
