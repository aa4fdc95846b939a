// Addresses of the calendar.
import { root } from "./board.js";

const PATH = "/publisher/content-calendar";

// An address below the calendar's, with what the page shows and these values.
export function address(path, values = {}) {
  const query = new URLSearchParams(root().dataset.query);
  for (const [name, value] of Object.entries(values)) query.set(name, value);
  return `${PATH}${path}?${query}`;
}
