// What was sent and never answered. It may have been saved all the same: then what was typed since goes on
// from there, and is no clash with it. Texts are remembered by their digest, as the server knows them.
const MOST = 20;
const texts = [];
const fields = {}; // field → what it was sent as
const encoder = new TextEncoder();

export async function remember({ html, fields: sent = {} }) {
  for (const [name, { to }] of Object.entries(sent)) fields[name] = [...(fields[name] ?? []), to].slice(-MOST);
  if (html === undefined || !globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(html)));
  texts.push([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  texts.splice(0, texts.length - MOST);
}

export function forget() {
  texts.length = 0;
  for (const name of Object.keys(fields)) delete fields[name];
}

export const lost = () => ({ lost_texts: [...texts], lost_fields: { ...fields } });
