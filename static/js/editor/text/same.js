// What two lists of strings have in common, in order. Pure.

// Pairs of places, in both orders, where they say the same; at both ends first.
export function same(mine, theirs) {
  const most = Math.min(mine.length, theirs.length);
  let start = 0;
  while (start < most && mine[start] === theirs[start]) start += 1;
  let end = 0;
  while (end < most - start && mine.at(-1 - end) === theirs.at(-1 - end)) end += 1;
  const pairs = Array.from({ length: start }, (_, at) => [at, at]);
  for (let [at, other] = [start, start]; other < theirs.length - end; other += 1) {
    const found = mine.indexOf(theirs[other], at);
    if (found < 0 || found >= mine.length - end) continue;
    pairs.push([found, other]);
    at = found + 1;
  }
  for (let back = end; back > 0; back -= 1) pairs.push([mine.length - back, theirs.length - back]);
  return pairs;
}

// What makes the one text of the other, line by line: [{ from, to, insert }]. Lines end with \n.
export function differences(before, after) {
  const [mine, theirs] = [before, after].map((text) => text.split(/(?<=\n)/));
  const found = [];
  let [place, from, next] = [0, 0, 0];
  for (const [at, other] of [...same(mine, theirs), [mine.length, theirs.length]]) {
    const gone = mine.slice(from, at).join("");
    const come = theirs.slice(next, other).join("");
    if (gone !== come) found.push(trimmed(place, gone, come));
    place += gone.length + (mine[at]?.length ?? 0);
    [from, next] = [at + 1, other + 1];
  }
  return found;
}

// Without what both begin with and end with: a cursor there stays on its words.
function trimmed(place, gone, come) {
  const most = Math.min(gone.length, come.length);
  let start = 0;
  while (start < most && gone[start] === come[start]) start += 1;
  let end = 0;
  while (end < most - start && gone.at(-1 - end) === come.at(-1 - end)) end += 1;
  return { from: place + start, to: place + gone.length - end, insert: come.slice(start, come.length - end) };
}
