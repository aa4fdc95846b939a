// Saves by itself what is typed: after two seconds of rest, and every fifteen while somebody types on. One
// request at a time, in order. Until the server has it, a copy is kept in this browser.
import { byId } from "../../common/dom.js";
import { toast } from "../../common/toasts.js";
import { nameOf } from "../fields.js";
import { addClashes, onDecided, undecided } from "./clash.js";
import * as known from "./known.js";
import { forget, lost, remember } from "./lost.js";
import { momentOf, say, timeOf } from "./state.js";
import { meetTabs } from "./tabs.js";
import { copiesOfTab } from "./typed-before.js";
import { sendDraft, sendLast } from "./wire.js";

const REST = 2_000; // ms
const LONGEST = 15_000; // ms: while somebody types without a rest
const COPIED = 700; // ms: then what was typed is in this browser
const AGAIN = [2_000, 5_000, 10_000, 30_000]; // ms: from one try to the next while nobody answers
const TURNS = 5; // saves in a row before an act; then it is not people who change something
const timers = { rest: 0, longest: 0, copying: 0, again: 0 };
const { id, account } = byId("desk").dataset;
let tries = 0;
let underWay = null; // the request, while it is
let problem = ""; // why the last one saved nothing
let isChanged = false; // since it began
let isAskedFor = false; // somebody wants what came since saved at once
let isPasted = false; // something of it
let isKept = true; // what was typed is in this browser
let takesCopies = true; // the browser took the last copy
let copying = Promise.resolve();
let tabs = null;

export const { version } = known;

export function changed(how = {}) {
  isChanged = true;
  isPasted ||= how.isPasted === true;
  isKept = false;
  waitForRest();
  timers.copying ||= setTimeout(keepCopy, COPIED);
  if (!underWay && !problem) say("changed", "Typing…");
}

// One after the other: an older copy never takes the place of a newer one.
function keepCopy() {
  clearTimeout(timers.copying);
  timers.copying = 0;
  copying = copying.then(writeCopy);
  return copying;
}

async function writeCopy() {
  const copies = copiesOfTab();
  if (!copies) return;
  const sent = known.unsaved();
  try {
    if (!sent && !undecided().length) await copies.remove();
    else await copies.put(copyOf(sent ?? known.nothing()));
    [isKept, takesCopies] = [true, true];
  } catch {
    [isKept, takesCopies] = [false, false];
  }
}

// What is asked and not answered yet stands nowhere else.
const copyOf = (sent) => ({ ...sent, ...lost(), base: known.base(), clashes: undecided(), at: Date.now() });

export function saveNow(mode = "autosave") {
  for (const name of ["rest", "longest", "again"]) clearTimeout(timers[name]);
  timers.longest = 0;
  isAskedFor ||= underWay !== null && mode === "manual";
  underWay ??= run(mode).finally(goOn);
  return underWay;
}

// Who types on is not saved with every answer: they rest first, or it takes long.
function goOn() {
  underWay = null;
  if (isAskedFor && !problem) saveNow("manual");
  else if (isChanged && !problem) waitForRest();
  isAskedFor = false;
}

function waitForRest() {
  clearTimeout(timers.rest);
  timers.rest = setTimeout(saveNow, REST);
  timers.longest ||= setTimeout(saveNow, LONGEST);
}

async function run(mode) {
  isChanged = false;
  const sent = known.difference(isPasted && mode === "autosave" ? "paste" : mode);
  isPasted = false;
  if (sent) say("saving", "Saving…");
  try {
    if (sent) await remember(sent);
    const asked = { ...(sent ?? known.nothing()), ...lost() };
    const answer = await sendDraft(id, asked, sent?.html === undefined ? null : known.base());
    forget();
    taken(answer, sent ?? known.nothing(), sent !== null || mode === "manual");
  } catch (refusal) {
    if (!("isGone" in refusal)) throw refusal;
    problem = refusal.message;
    if (refusal.isGone) timers.again = setTimeout(saveNow, AGAIN[Math.min(tries++, AGAIN.length - 1)]);
  }
  await keepCopy();
  if (problem) tellProblem();
}

function taken(answer, sent, isTold) {
  const wasProblem = problem;
  [problem, tries] = ["", 0];
  if (known.take(answer, sent)) isChanged = true;
  if (answer.clashes.length) addClashes(answer.clashes);
  if (answer.saved) tabs.saved();
  if (answer.mended.length) tellMended(answer.mended);
  const isTakenBack = !isChanged && byId("saved").dataset.saved === "changed";
  if (isTold || isTakenBack || wasProblem || answer.html !== null) tellSaved(answer);
}

function tellSaved({ at }) {
  const time = momentOf(at);
  const wrong = known.wrongFields();
  const waiting = undecided().length;
  if (waiting)
    say("wrong", `Saved ${time}, but ${waiting === 1 ? "one place waits" : `${waiting} places wait`} for you`);
  else if (wrong.length) say("wrong", `Saved ${time}, but not: ${wrong.map(nameOf).join(", ")}`);
  else say("saved", `Saved ${time}`, `Saved ${timeOf(at).slice(0, 5)}`);
}

function tellMended(names) {
  const where = names.map(nameOf).join(", ");
  toast({ text: `Half a character could not be kept and is a “\ufffd” now, in: ${where}. Look at it there.` });
}

function tellProblem() {
  const where = isKept && copiesOfTab() ? ", kept in this browser" : "";
  say("kept", `Not saved: ${problem.replace(/\.$/, "")}${where}`, `Not saved${where}`);
}

// Somebody else, or another tab, may have saved.
function refresh() {
  if (underWay) isChanged = true;
  else saveNow();
}

function leave() {
  const sent = known.difference();
  if (known.unsaved()) keepCopy();
  if (!sent || underWay) return;
  sendLast(id, { ...sent, ...lost() });
  remember(sent);
}

export function begin(draft, clashes) {
  tabs = meetTabs(`${document.body.dataset.pageOf}:${account}:${id}`, refresh);
  tellSaved(draft);
  onDecided((clash, text, others) => {
    const isFound = text === null || known.settle(clash, text, others);
    if (!isFound) return false;
    const isLast = others.every(({ field }) => field !== clash.field);
    if (isLast) known.settled(clash.field);
    if (text !== null) changed();
    saveNow("manual");
    return true;
  });
  if (clashes.length) addClashes(clashes);
  const tryAgain = () => problem && saveNow();
  addEventListener("online", tryAgain);
  for (const name of ["found", "csrf"]) document.addEventListener(name, tryAgain);
  document.addEventListener("visibilitychange", () => document.hidden && isChanged && saveNow());
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && refresh());
  addEventListener("beforeunload", stayWithWhatIsKeptNowhere);
  document.addEventListener("htmx:after:swap", lookAtVersion);
}

function stayWithWhatIsKeptNowhere(event) {
  if (!(copiesOfTab() && takesCopies) && known.unsaved()) event.preventDefault();
}

// The state of the piece is drawn anew whenever somebody has changed it.
function lookAtVersion({ detail }) {
  if (detail.ctx.sourceElement?.id !== "standing") return;
  const there = byId("standing")?.dataset.version;
  if (there && known.version() && there !== known.version() && !underWay) refresh();
}

export const isSettled = () => !underWay && !problem && !known.difference() && !known.wrongFields().length;

// All that was typed is saved; why not, where it cannot be.
export async function settle() {
  for (let turn = 0; underWay || known.difference(); turn += 1) {
    if (turn === TURNS) return "something changes while it is saved. Try it once more.";
    await (underWay ?? saveNow("manual"));
    if (problem) return problem;
  }
  const wrong = known.wrongFields();
  return wrong.length ? `${wrong.map(nameOf).join(", ")} cannot be saved as it is.` : "";
}
