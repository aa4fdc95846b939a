// Boxes in which what stands is written otherwise than in the flow of a text: by their tags. Pure.

export const PLACES = { figure: "figure", file: "file", dl: "definitions" };
