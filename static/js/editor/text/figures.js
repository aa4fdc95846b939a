// A new picture as the text has it: in a figure of its own.

import { quoted } from "./characters.js";
import { schema } from "./schema.js";

const { nodes } = schema;

export function figureOf({ address, alt }) {
  const source = `<img src="${quoted(address)}" alt="${quoted(alt)}"/>`;
  const line = nodes.paragraph.create({ tag: null, open: "", close: "" }, nodes.image.create({ source }));
  return nodes.box.create({ tag: "figure" }, line);
}

// Whether a picture can come in where the cursor is, or one stands there.
export const takesPicture = ({ selection: { $from, node } }) => $from.depth > 0 || Boolean(node);
