import type { Input, Step } from "./input.js";
import { runInput } from "./run-input.js";

const MAX_RUNS = 3_000;

/**
 * A smaller input that still goes wrong: steps are left out, and bytes joined, as long as it does.
 */
export function shrink(input: Input): Input {
  let smallest = input;
  let runs = 0;
  const tryWith = (steps: readonly Step[]): boolean => {
    if (runs++ >= MAX_RUNS || runInput({ ...smallest, steps }).faults.length === 0) return false;
    smallest = { ...smallest, steps };
    return true;
  };
  for (
    let size = Math.ceil(smallest.steps.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = smallest.steps.length - size; at >= 0; at -= size) {
      tryWith(smallest.steps.filter((_, index) => index < at || index >= at + size));
    }
  }
  for (let at = smallest.steps.length - 2; at >= 0; at--) {
    const [one, two] = [smallest.steps[at], smallest.steps[at + 1]];
    if (one?.kind !== "bytes" || two?.kind !== "bytes") continue;
    tryWith(
      smallest.steps.toSpliced(at, 2, {
        kind: "bytes",
        bytes: Buffer.concat([one.bytes, two.bytes]),
      }),
    );
  }
  return smallest;
}
