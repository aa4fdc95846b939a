// How each node stood in the source when it was opened: its bytes, for as long as nobody touches it.

export class Originals {
  #entries = new Map();
  #last = 0;

  get next() {
    this.#last += 1;
    return this.#last;
  }

  // `node` as it was built, `source` without what stands before it, `inner` the pieces of a line's text
  // ([source, what a browser shows], see inline.js), `place` what kind of parent it stood in, `before` the
  // id of its neighbour there and `pre` what stood between the two. `glue`, to look that up, learns other
  // neighbours when a source is taken in.
  keep(id, { before, pre, ...entry }) {
    this.#entries.set(id, { ...entry, glue: new Map([[before, pre]]) });
  }

  of(id) {
    return this.#entries.get(id);
  }
}
