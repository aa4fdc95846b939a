// What every page of somebody who is signed in needs beside htmx.
import "../live/parts.js";
import "../live/told.js";
import "../live/announcer.js";
import "../live/stream.js";
import "../common/toasts.js";
import "../common/undo.js";
import "./copying.js";
import "./focus.js";
import "./forms.js";
import "./going-on.js";
import "./menus.js";
import "./preview.js";
import "./theme-choice.js";
import "./time-dialog.js";
import "./typed.js";
