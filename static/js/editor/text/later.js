// The windows of tools come when the text rests for the first time, or when one of them is asked for: nobody waits
// for them to write, and a network that goes later takes none. What keys open is there from the beginning: it
// takes what is typed next.

const LOST = "This could not be loaded. Look at your connection, then ask for it again.";
let windows = null;

export async function fetchWindows() {
  windows ??= await import("./windows.js");
  return windows;
}

// `open` gets them; at once, where they are there.
export async function withWindows(say, open) {
  if (!windows) await fetchWindows().catch(() => say(LOST));
  if (windows) open(windows);
}
