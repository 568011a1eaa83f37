import type { Expiring, Timer } from "./clock.js";

/**
 * How coarse the wheel is: a timer fires at most this much later than asked, in milliseconds, and
 * never early.
 */
export const TICK_MS = 8;
const SLOTS = 512;

class Entry implements Timer {
  readonly deadline: number;
  target: Expiring | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;

  constructor(deadline: number, target: Expiring | undefined) {
    this.deadline = deadline;
    this.target = target;
  }

  cancel(): void {
    if (this.target === undefined) return;
    this.target = undefined;
    unlink(this);
    if (--waiting === 0) ticker?.unref();
  }
}

/**
 * One wheel for all deadlines of the process: to set and to cancel a timer is a few assignments and
 * allocates one record, and a single Node timer runs while anything waits. Deadlines further away
 * than a turn of the wheel stay in their slot for more turns, so their length has no limit. A slot
 * holds the head of a ring, made when first used.
 */
const slots: (Entry | undefined)[] = new Array<Entry | undefined>(SLOTS).fill(undefined);
let waiting = 0;
let ticker: NodeJS.Timeout | undefined;
let lastTick = 0;

/** Tells `target` once `performance.now()` has reached `deadline`. `Infinity` never comes. */
export function schedule(deadline: number, target: Expiring): Timer {
  if (deadline === Number.POSITIVE_INFINITY) return NEVER;
  if (waiting++ === 0) start();
  const entry = new Entry(deadline, target);
  // A slot is looked at when its tick has wholly passed: the one after the deadline's own.
  const tick = Math.max(Math.floor(deadline / TICK_MS) + 1, lastTick + 1);
  link(slotHead(tick % SLOTS), entry);
  return entry;
}

const NEVER: Timer = { cancel() {} };

function slotHead(index: number): Entry {
  let head = slots[index];
  if (head === undefined) {
    head = new Entry(0, undefined);
    head.previous = head;
    head.next = head;
    slots[index] = head;
  }
  return head;
}

function link(head: Entry, entry: Entry): void {
  const last = head.previous as Entry;
  entry.previous = last;
  entry.next = head;
  last.next = entry;
  head.previous = entry;
}

function unlink(entry: Entry): void {
  const { previous, next } = entry;
  if (previous === undefined || next === undefined) return;
  previous.next = next;
  next.previous = previous;
  entry.previous = undefined;
  entry.next = undefined;
}

/**
 * The ticker outlives the last timer by a tick (unref'ed), so that one call after another does not
 * make and clear it each time.
 */
function start(): void {
  if (ticker !== undefined) {
    ticker.ref();
    return;
  }
  lastTick = Math.floor(performance.now() / TICK_MS);
  ticker = setInterval(turn, TICK_MS);
}

function turn(): void {
  if (waiting === 0) {
    clearInterval(ticker);
    ticker = undefined;
    return;
  }
  const now = performance.now();
  const tick = Math.floor(now / TICK_MS);
  // After a long pause one whole turn visits every slot; more would visit them again.
  const from = Math.max(lastTick + 1, tick - SLOTS + 1);
  lastTick = tick;
  for (let t = from; t <= tick; t++) {
    const head = slots[t % SLOTS];
    if (head !== undefined) fireDue(head, now);
  }
}

function fireDue(head: Entry, now: number): void {
  const due: Entry[] = [];
  for (let entry = head.next as Entry; entry !== head; entry = entry.next as Entry) {
    if (entry.deadline <= now) due.push(entry);
  }
  for (const entry of due) {
    const { target } = entry;
    if (target === undefined) continue; // one that fired before it cancelled it
    entry.cancel();
    target.expire();
  }
}
