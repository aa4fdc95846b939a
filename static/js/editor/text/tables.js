// Tables: rows with the section that each stands in. What a table has beside sections of rows (a caption,
// columns) stays in its start tag's bytes, and is not shown.

import { Fragment } from "../../../vendor/prosemirror/prosemirror.js";
import { attributes } from "./attributes.js";
import { schema } from "./schema.js";
import { isWhite } from "./verified.js";

const SECTIONS = new Set(["thead", "tbody", "tfoot"]);
const CELLS = { td: "cell", th: "head_cell" };

// The table as a node, or null where it is none that can be edited.
export function tableOf(builder, table, where) {
  const parts = table.children.filter((one) => !isWhite(builder.source, one));
  const first = parts.findIndex((one) => SECTIONS.has(one.name));
  const [head, sections] = [parts.slice(0, first), parts.slice(first)];
  const isPlain = first >= 0 && sections.every(isSection(builder)) && head.every((one) => one.name === "colgroup");
  if (!isPlain || !isEven(builder, sections)) return null;
  const rows = [];
  const kept = sections.map((section, at) => addRows(builder, rows, section, at, sections[at - 1]?.end));
  const edges = builder.edges(table, where);
  edges.bytes.open = builder.text((where.outer ?? table).start, sections[0].start);
  const tail = builder.text(sections.at(-1).end, table.closeStart);
  return builder.node(schema.nodes.table, {
    ...edges,
    content: Fragment.fromArray(rows),
    tail,
    extra: { sections: kept },
  });
}

const isSection = (builder) => (section) =>
  SECTIONS.has(section.name) &&
  solid(builder, section).length > 0 &&
  solid(builder, section).every((row) => row.name === "tr" && row.kind === "element" && isRow(builder, row));

const isRow = (builder, row) => {
  const cells = solid(builder, row);
  return cells.length > 0 && cells.every((one) => one.kind === "element" && one.name in CELLS);
};

const solid = (builder, node) => node.children.filter((one) => !isWhite(builder.source, one));

// Whether all rows are of one width, so that commands on columns know what they do.
function isEven(builder, sections) {
  const rows = sections.flatMap((one) => solid(builder, one));
  const widths = [];
  rows.forEach((row, at) => {
    widths[at] ??= 0;
    for (const cell of solid(builder, row)) {
      const { colspan, rowspan } = spans(builder, cell);
      for (let below = 0; below < rowspan; below += 1) widths[at + below] = (widths[at + below] ?? 0) + colspan;
    }
  });
  return widths.length === rows.length && widths.every((one) => one === widths[0]);
}

function spans(builder, cell) {
  const found = Object.fromEntries(
    attributes(builder.text(cell.start, cell.openEnd)).map((one) => [one.name, one.value]),
  );
  const number = (name) => Math.max(1, Number.parseInt(found[name], 10) || 1);
  return { colspan: number("colspan"), rowspan: number("rowspan") };
}

// The section's own bytes, with what stands before it.
function addRows(builder, rows, section, at, before = section.start) {
  const made = (row, where) => rowOf(builder, row, { ...where, section: at });
  let glue = "";
  for (const child of section.children) {
    if (isWhite(builder.source, child)) glue += builder.text(child.start, child.end);
    else {
      rows.push(made(child, { pre: glue, place: "flow", before: rows.at(-1)?.attrs.id ?? 0 }));
      glue = "";
    }
  }
  return {
    pre: builder.text(before, section.start),
    open: builder.text(section.start, section.openEnd),
    close: glue + builder.text(section.closeStart, section.end),
  };
}

function rowOf(builder, row, { section, ...where }) {
  const place = { ...where, extra: { section } };
  return builder.container(schema.nodes.row, row, place, (cell, beside) => cellOf(builder, cell, beside));
}

function cellOf(builder, cell, where) {
  const { nodes, tail } = builder.blocks(cell.children, "cell");
  if (!nodes.length) nodes.push(schema.nodes.paragraph.create({ tag: null, open: "", close: "" }));
  const content = Fragment.fromArray(nodes);
  return builder.node(schema.nodes[CELLS[cell.name]], {
    ...builder.edges(cell, where),
    content,
    tail,
    extra: spans(builder, cell),
  });
}
