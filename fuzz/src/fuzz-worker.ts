import { setImmediate as nextTurn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { liveBytes } from "./heap.js";
import { formatInput, type Input } from "./input.js";
import { randomInput } from "./random-input.js";
import { type Recording, readRecordings, readRegressions } from "./recording.js";
import { runInput } from "./run-input.js";
import { shrink } from "./shrink.js";
import { allPositions, type Failure, trySplits } from "./splits.js";

/** What the worker is given. */
export interface FuzzOrder {
  readonly seed: number;
  readonly seconds: number;
  /**
   * The number of the input that runs now, or minus how many splits were tried; whoever watches
   * sees a hang by it.
   */
  readonly progress: Int32Array;
}

/**
 * What the worker says: how it goes, what went wrong (the input as a file's text), or that its time
 * is over.
 */
export type FuzzReport =
  | {
      readonly kind: "progress";
      readonly inputs: number;
      readonly splits: number;
      readonly bytes: number;
    }
  | {
      readonly kind: "failure";
      readonly name: string;
      readonly text: string;
      readonly faults: readonly string[];
    }
  | {
      readonly kind: "done";
      readonly inputs: number;
      readonly splits: number;
      readonly bytes: number;
    };

/** Cutting recordings takes at most this part of the time. */
const SPLITS_SHARE = 0.25;
const HEAP_EVERY_MS = 15_000;
/** A turn of the event loop after so many inputs: zlib keeps its buffers until the next one. */
const INPUTS_PER_TURN = 100;
/**
 * Growth that is no leak: compiled code and its feedback, and buffers that grow to the largest
 * input.
 */
const HEAP_SLACK_BYTES = 6_291_456;

const { seed, seconds, progress } = workerData as FuzzOrder;
const until = performance.now() + seconds * 1_000;
let inputs = 0;
let splits = 0;
let bytes = 0;
let base: number | undefined;
let checkedAt = performance.now();

function report(message: FuzzReport): void {
  parentPort?.postMessage(message);
}

function fail({ input, faults }: Failure, name: string): void {
  report({ kind: "failure", name, text: formatInput(shrink(input)), faults });
}

/** The heap is compared with what it was a while after the start; false when it grew. */
function heapIsFlat(): boolean {
  if (performance.now() - checkedAt < HEAP_EVERY_MS) return true;
  const now = liveBytes();
  checkedAt = performance.now();
  bytes = now;
  report({ kind: "progress", inputs, splits, bytes });
  base ??= now;
  if (now <= base * 1.05 + HEAP_SLACK_BYTES) return true;
  report({
    kind: "failure",
    name: "heap",
    text: "",
    faults: [`the heap grew from ${base} to ${now} bytes over ${inputs} inputs`],
  });
  return false;
}

function tryRecordings(recordings: readonly Recording[]): boolean {
  const splitsUntil = performance.now() + seconds * 1_000 * SPLITS_SHARE;
  for (const recording of recordings) {
    const trying = trySplits(recording, allPositions(recording));
    for (let next = trying.next(); ; next = trying.next()) {
      if (next.done === true) {
        if (next.value !== undefined) {
          fail(next.value, recording.name);
          return false;
        }
        break;
      }
      splits++;
      Atomics.store(progress, 0, -splits);
      if (performance.now() > splitsUntil) return true;
    }
  }
  return true;
}

function tryInput(input: Input, name: string): boolean {
  const { faults } = runInput(input);
  if (faults.length === 0) return true;
  fail({ input, faults }, name);
  return false;
}

async function fuzz(): Promise<void> {
  const recordings = readRecordings();
  for (const [name, input] of readRegressions()) if (!tryInput(input, `regression-${name}`)) return;
  // Another recording first with each seed, so that all have their turn in short runs.
  const first = recordings.length === 0 ? 0 : seed % recordings.length;
  if (!tryRecordings([...recordings.slice(first), ...recordings.slice(0, first)])) return;
  while (performance.now() < until) {
    Atomics.store(progress, 0, inputs);
    if (!tryInput(randomInput(seed, inputs, recordings), `${seed}-${inputs}`)) return;
    if (++inputs % INPUTS_PER_TURN !== 0) continue;
    await nextTurn();
    if (!heapIsFlat()) return;
  }
  report({ kind: "done", inputs, splits, bytes: liveBytes() });
}

void fuzz();
