// A long text stands in parts on the page, some blocks in each: a browser lays a part out where it is looked
// at, and passes over the others. The parts are marks, of which the text's source knows nothing.

import { schema } from "./schema.js";

const IN_PART = 24; // blocks
let last = 0;

// Gives node after node its part.
export function partsAnew() {
  let count = 0;
  return (node) => {
    if (count % IN_PART === 0) last += 1;
    count += 1;
    return node.mark([schema.marks.part.create({ number: last })]);
  };
}
