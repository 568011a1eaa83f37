import { describe, expect, test } from "vitest";
import { formatInput, parseInput } from "./input.js";
import { randomInput } from "./random-input.js";
import { SCENES } from "./record-scenes.js";
import { readRecordings, readRegressions } from "./recording.js";
import { runInput } from "./run-input.js";
import { chosenPositions, trySplits } from "./splits.js";

const INPUTS_PER_SEED = 400;
/**
 * Positions of a recording besides those around its frames' headers; `pnpm fuzz` tries every one.
 */
const OTHER_POSITIONS = 10;

const recordings = readRecordings();

describe("the fuzzer, in short", () => {
  test.each([1, 2, 3])("finds no fault with seed %i", (seed) => {
    for (let number = 0; number < INPUTS_PER_SEED; number++) {
      const { faults } = runInput(randomInput(seed, number, recordings));
      expect(faults, `pnpm fuzz --seed ${seed} finds it as number ${number}`).toEqual([]);
    }
  });

  test.each(readRegressions())("no more goes wrong: %s", (_name, input) => {
    expect(runInput(input).faults).toEqual([]);
  });

  test("cut anywhere, a recording comes to what it comes to whole", () => {
    for (const recording of recordings) {
      const trying = trySplits(recording, chosenPositions(recording, OTHER_POSITIONS));
      let tried = trying.next();
      while (tried.done !== true) tried = trying.next();
      expect(tried.value?.faults, recording.name).toBeUndefined();
    }
  });

  test("every peer is recorded in every scene, from both sides", () => {
    const sides = [
      "wire-client",
      "wire-server",
      "grpc-js-client",
      "grpc-js-server",
      "python-client",
      "python-server",
    ];
    const names = sides.flatMap((side) => SCENES.map((scene) => `${side}-${scene.name}`));
    expect(recordings.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test("an input is the same every time, and as a file", () => {
    for (let number = 0; number < 50; number++) {
      const input = randomInput(4, number, recordings);
      expect(formatInput(randomInput(4, number, recordings))).toBe(formatInput(input));
      const again = parseInput(formatInput(input));
      expect(formatInput(again)).toBe(formatInput(input));
      expect(runInput(again)).toEqual(runInput(input));
    }
  });
});
