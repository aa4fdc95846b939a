// Where a clash stands in the text by now: by its own words and by what was around them.
const AROUND = 80; // characters
const ENOUGH = 12; // characters on a side that tell a place from others
const [START, END] = ["\u0002", "\u0003"]; // so that a text's ends are something to stand beside

export const around = (html, at, words) => ({
  before: html.slice(Math.max(at - AROUND, 0), at),
  after: html.slice(at + words.length, at + words.length + AROUND),
});

// The one place that is meant; -1 where there is none, or several that could be.
export function placeOf(html, { before, theirs, after }) {
  const text = START + html + END;
  const [head, tail] = [before || START, after || END];
  let best = { score: 0, at: -1 };
  for (let at = text.indexOf(theirs, 1); at > 0 && at < text.length; at = text.indexOf(theirs, at + 1)) {
    const score = likeness(text, at, head, tail, theirs);
    if (score > best.score) best = { score, at };
    else if (score && score === best.score) best = { score, at: 0 };
  }
  return best.at - 1 < 0 ? -1 : best.at - 1;
}

// How much of what was around stands there still; 0 where that is too little. Where nothing of theirs
// is left to be found, both sides have to agree.
function likeness(text, at, head, tail, theirs) {
  const same = [sameBefore(text, at, head), sameAfter(text, at + theirs.length, tail)];
  const isSure = [same[0] >= Math.min(head.length, ENOUGH), same[1] >= Math.min(tail.length, ENOUGH)];
  return (theirs ? isSure.some(Boolean) : isSure.every(Boolean)) ? same[0] + same[1] : 0;
}

function sameBefore(text, at, head) {
  let same = 0;
  while (same < head.length && text[at - 1 - same] === head.at(-1 - same)) same += 1;
  return same;
}

function sameAfter(text, at, tail) {
  let same = 0;
  while (same < tail.length && text[at + same] === tail[same]) same += 1;
  return same;
}
