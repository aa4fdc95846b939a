// The attributes of one start tag, by their places in it. Pure.

import { quoted, shown } from "./characters.js";

const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

// [{ name, value, start, end }]: the first of a name counts, as in a browser.
export function attributes(tag) {
  const begin = /^<[A-Za-z][^\s/>]*/.exec(tag)?.[0].length ?? 0;
  const found = new Map();
  for (const one of tag.slice(begin, -1).matchAll(ATTRIBUTE)) {
    const name = one[1].toLowerCase();
    const value = shown(one[2] ?? one[3] ?? one[4] ?? "");
    const start = begin + one.index;
    if (!found.has(name)) found.set(name, { name, value, start, end: start + one[0].length });
  }
  return [...found.values()];
}

export const attributeOf = (tag, name) => attributes(tag).find((one) => one.name === name)?.value ?? null;

// The tag with another value; every other byte stays. `null` takes the attribute out.
export function withValue(tag, name, value) {
  const one = attributes(tag).find((each) => each.name === name);
  if (one && one.value === value) return tag;
  if (one) {
    const start = value === null ? tag.slice(0, one.start).trimEnd().length : one.start;
    const text = value === null ? "" : `${tag.slice(one.start, one.start + name.length)}="${quoted(value)}"`;
    return tag.slice(0, start) + text + tag.slice(one.end);
  }
  if (value === null) return tag;
  const end = /\s*\/?>$/.exec(tag).index;
  return `${tag.slice(0, end)} ${name}="${quoted(value)}"${tag.slice(end)}`;
}

// The tag with another name.
export const withName = (tag, name) => tag.replace(/^(\s*<\/?)[A-Za-z][^\s/>]*/, `$1${name}`);
