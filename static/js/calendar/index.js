// The content calendar. Only what changed is drawn again: every day, the tray and the sites' bars
// are elements with an id, and the server answers with those that a change concerns.
//
//   board    what stands on the page           drag     where a piece may go, what a drop asks for
//   address  what is asked for (common/server) carry    a piece in the hand; hands: mouse and finger
//   draw     drawing                           move     moving (taken back in common/undo)
//   turn     other pages of it                 changes  what others do
//   peek     the details of a piece            keys     the keyboard; roving: where Tab stops
//   dialogs  where to, and what makes room      whole-day  all of a day; clocks: the sites' time
import { openAt } from "../layout/focus.js";
import "./changes.js";
import "./clocks.js";
import { remember } from "./draw.js";
import "./hands.js";
import "./keys.js";
import "./peek-acts.js";
import { rove, stopOfDays } from "./roving.js";
import { showBeginning } from "./turn.js";

remember();
showBeginning();
rove();
openAt(stopOfDays());
