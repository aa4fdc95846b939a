// A line's new source out of its old: where the two agree, the old bytes stay.

import { shown } from "./characters.js";

// Beyond that many steps of difference the middle is written anew.
const PATIENCE = 400;
const LONGEST = 40; // characters of a reference

export function splice(before, after) {
  const start = agreeing(before, after, (pieces, at) => pieces[at]);
  const oldRest = before.slice(start);
  const newRest = after.slice(start);
  const end = agreeing(oldRest, newRest, (pieces, at) => pieces[pieces.length - 1 - at]);
  const oldMiddle = oldRest.slice(0, oldRest.length - end);
  const newMiddle = newRest.slice(0, newRest.length - end);
  return bytes([...before.slice(0, start), ...kept(oldMiddle, newMiddle), ...oldRest.slice(oldRest.length - end)]);
}

// An ampersand that was written bare stays so where what follows makes no reference of it.
function bytes(pieces) {
  const parts = pieces.map(([source]) => source);
  for (const [at, [source, key]] of pieces.entries()) if (source === "&" && isReference(parts, at)) parts[at] = key;
  return parts.join("");
}

function isReference(parts, at) {
  const name = /^&#?[0-9A-Za-z]+;?/.exec(parts.slice(at, at + LONGEST).join(""))?.[0] ?? "";
  return shown(name) !== name;
}

function agreeing(one, other, pieceAt) {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at < most && pieceAt(one, at)[1] === pieceAt(other, at)[1]) at += 1;
  return at;
}

// The new pieces, with the old bytes of those that were there: Myers's shortest edit script.
function kept(before, after) {
  if (before.every(([source, key]) => source === key)) return after;
  const trace = search(before, after);
  if (!trace) return after;
  const found = [...after];
  let [x, y] = [before.length, after.length];
  for (let step = trace.length - 1; step >= 0; step -= 1) {
    const [fromX, fromY] = cameFrom(trace[step], x - y, step);
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      if (before[x][1] === after[y][1]) found[y] = before[x];
    }
    [x, y] = [fromX, fromY];
  }
  return found;
}

// The furthest place on each diagonal, before each step.
function search(before, after) {
  const furthest = new Map([[1, 0]]);
  const trace = [];
  for (let step = 0; step <= PATIENCE; step += 1) {
    trace.push(new Map(furthest));
    for (let diagonal = -step; diagonal <= step; diagonal += 2) {
      let x = isDown(furthest, diagonal, step) ? furthest.get(diagonal + 1) : furthest.get(diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x][1] === after[x - diagonal][1]) x += 1;
      furthest.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return trace;
    }
  }
  return null;
}

const isDown = (furthest, diagonal, step) =>
  diagonal === -step || (diagonal !== step && furthest.get(diagonal - 1) < furthest.get(diagonal + 1));

function cameFrom(furthest, diagonal, step) {
  if (step === 0) return [0, 0];
  const from = isDown(furthest, diagonal, step) ? diagonal + 1 : diagonal - 1;
  return [furthest.get(from), furthest.get(from) - from];
}
