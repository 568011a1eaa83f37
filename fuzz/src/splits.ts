import { splitFrames } from "./frame-bytes.js";
import type { Input } from "./input.js";
import type { Outcome } from "./outcome.js";
import type { Recording } from "./recording.js";
import { differenceOf, runOnce } from "./run-input.js";

/** An input that went wrong, and how. */
export interface Failure {
  readonly input: Input;
  readonly faults: readonly string[];
}

/**
 * A recording to its session whole, then cut in two at each of `positions`, then byte by byte: what
 * the calls hear and what is sent back must be the same. Yields after each run; gives the first
 * failure, or undefined.
 */
export function* trySplits(
  recording: Recording,
  positions: Iterable<number>,
): Generator<undefined, Failure | undefined> {
  const { bytes } = recording;
  const whole = inputOf(recording, [bytes]);
  const expected = runOnce(whole);
  if (expected.faults.length > 0) return { input: whole, faults: expected.faults };
  for (const position of positions) {
    const failure = compare(
      inputOf(recording, [bytes.subarray(0, position), bytes.subarray(position)]),
      expected,
    );
    if (failure !== undefined) return failure;
    yield;
  }
  const single = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
  return compare(inputOf(recording, single), expected);
}

/** Every position of a recording. */
export function allPositions({ bytes }: Recording): number[] {
  return Array.from({ length: bytes.length + 1 }, (_, position) => position);
}

/**
 * Where something can go wrong first: the bytes around every frame's header and every message's
 * prefix, and `others` in the rest.
 */
export function chosenPositions({ bytes }: Recording, others: number): number[] {
  const chosen = new Set<number>();
  let at = 0;
  for (const { length } of splitFrames(bytes)) {
    for (let near = Math.max(0, at - 1); near <= Math.min(at + 15, bytes.length); near++)
      chosen.add(near);
    at += length;
  }
  for (let other = 0; other < others; other++)
    chosen.add(Math.floor((other * bytes.length) / others));
  return [...chosen].sort((one, two) => one - two);
}

function inputOf({ target, calls }: Recording, chunks: readonly Buffer[]): Input {
  return { target, seed: 0, calls, steps: chunks.map((bytes) => ({ kind: "bytes", bytes })) };
}

function compare(input: Input, expected: Outcome): Failure | undefined {
  const outcome = runOnce(input);
  const difference = differenceOf(outcome, expected);
  const faults = difference === undefined ? outcome.faults : [...outcome.faults, difference];
  return faults.length === 0 ? undefined : { input, faults };
}
