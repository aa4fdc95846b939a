// The review page: the list, the open piece, and what is decided about it.
import "../layout/looking.js";
import "./ahead.js";
import "./keys.js";
import "./opening.js";
import "./ticks.js";
import "../threads/index.js";
