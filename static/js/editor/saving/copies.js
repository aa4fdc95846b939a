// Copies of what is typed and not saved yet, in this browser. Each tab has one for its piece, under the
// person, the account and the piece. It is locked with a key that only the person's own session is given:
// whoever uses the browser next cannot read it. Where a browser cannot lock, there is no copy.
const NAME = "igny8-writing";
const STORE = "copies";
const decoder = new TextDecoder();
const encoder = new TextEncoder();

export const canKeep = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

// { put(copy), remove(), others() } of this tab; `others` are those that tabs which are gone have left.
export async function openCopies({ whose, tab, secret }) {
  if (!canKeep()) return null;
  try {
    const [db, key] = await Promise.all([openStore(), keyOf(secret)]);
    holdName(`${NAME}:${whose}:${tab}`);
    return made({ db, key, whose, tab });
  } catch {
    return null; // the browser keeps nothing, as in some private windows
  }
}

function made({ db, key, whose, tab }) {
  const own = `${whose}:${tab}`;
  return {
    put: async (copy) => write(db, own, await locked(copy, key)),
    remove: (of = own) => act(db, "readwrite", (store) => store.delete(of)),
    others: () => left(db, key, whose, own),
  };
}

function openStore() {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
  return answerOf(asked);
}

const answerOf = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
  });

// On disk, and not only on its way there, once this resolves.
function act(db, mode, run) {
  const change = db.transaction(STORE, mode, { durability: "strict" });
  const asked = run(change.objectStore(STORE));
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve(asked.result);
    change.onabort = () => reject(change.error);
  });
}

const write = (db, own, value) => act(db, "readwrite", (store) => store.put(value, own));

async function keyOf(secret) {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(secret));
  return crypto.subtle.importKey("raw", digest, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function locked(copy, key) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encoder.encode(JSON.stringify(copy)));
  return { iv, data };
}

async function unlocked({ iv, data }, key) {
  return JSON.parse(decoder.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));
}

// A tab that is open holds its name; a copy whose name nobody holds was left behind.
function holdName(name) {
  navigator.locks?.request(name, () => new Promise(() => {}));
}

async function left(db, key, whose, own) {
  const range = IDBKeyRange.bound(`${whose}:`, `${whose}:\uffff`);
  const names = (await act(db, "readonly", (store) => store.getAllKeys(range))).filter((name) => name !== own);
  const held = new Set(((await navigator.locks?.query())?.held ?? []).map(({ name }) => name));
  const found = [];
  for (const name of names.filter((one) => !held.has(`${NAME}:${one}`))) {
    const value = await act(db, "readonly", (store) => store.get(name));
    const copy = await unlocked(value, key).catch(() => null);
    if (copy) found.push({ name, copy });
  }
  return found;
}
