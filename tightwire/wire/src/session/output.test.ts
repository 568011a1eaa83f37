import { SYSTEM } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { Output } from "./output.js";

/** So many bytes wait before DATA does. */
const BLOCKED_BYTES = 131_072;

/** A transport that writes when the test says, and as much as the test says. */
function openOutput(): {
  output: Output;
  written(bytes: number): void;
  told: string[];
} {
  const counted = { waiting: 0 };
  let waitingBytes = 0;
  let callback: (() => void) | undefined;
  const told: string[] = [];
  const transport = {
    get waitingBytes() {
      return waitingBytes;
    },
    write: ({ length }: Buffer) => {
      waitingBytes += length;
    },
    whenWritten: (given: () => void) => {
      if (callback !== undefined) throw new Error("somebody waits already");
      callback = given;
    },
    end: () => {},
    destroy: () => {},
  };
  const output = new Output(
    transport,
    SYSTEM.clock,
    {
      moveWaiting(bytes) {
        counted.waiting += bytes;
      },
    },
    () => {},
    () => void told.push(output.blocked ? "blocked" : "free"),
  );
  return {
    output,
    told,
    written(bytes) {
      waitingBytes -= bytes;
      const given = callback;
      callback = undefined;
      given?.();
    },
  };
}

function send(output: Output, bytes: number): void {
  output.reserve(bytes);
  output.at += bytes;
  output.flush();
}

test("waits again for what was handed on while it waited, or DATA would wait for ever", () => {
  const { output, written, told } = openOutput();
  send(output, 1_000);
  send(output, BLOCKED_BYTES);
  expect(output.blocked).toBe(true);
  written(1_000);
  expect(told).toEqual(["blocked"]);
  written(BLOCKED_BYTES);
  expect(told).toEqual(["blocked", "free"]);
});

test("waits for nothing once it is closed", () => {
  const { output, written, told } = openOutput();
  send(output, 1_000);
  send(output, 1_000);
  output.close();
  written(1_000);
  written(1_000);
  expect(told).toEqual(["free"]);
});
