import type { Input } from "./input.js";
import type { Outcome } from "./outcome.js";
import { runPart } from "./run-part.js";
import { runSession } from "./run-session.js";

/**
 * Runs an input; one that is nothing but bytes, to a plain application, must also come to what it
 * comes to in one piece. Never throws: what is thrown is a fault.
 */
export function runInput(input: Input): Outcome {
  const outcome = runOnce(input);
  const whole = inOnePiece(input);
  if (whole === undefined || outcome.faults.length > 0) return outcome;
  const expected = runOnce(whole);
  // Whether a response came before the request's end, and what comes behind may be excused, depends
  // on how much of a frame was there.
  if ([...outcome.log, ...expected.log].some((line) => line.includes("on closed stream")))
    return outcome;
  const fault = differenceOf(outcome, expected);
  return fault === undefined ? outcome : { ...outcome, faults: [fault] };
}

/** Runs an input as it is. */
export function runOnce(input: Input): Outcome {
  return input.target === "server" || input.target === "client"
    ? runSession(input)
    : runPart(input);
}

/** How a cut input came to something else than it does whole; undefined when it did not. */
export function differenceOf(cut: Outcome, whole: Outcome): string | undefined {
  const most = Math.max(cut.log.length, whole.log.length);
  for (let at = 0; at < most; at++) {
    if (cut.log[at] === whole.log[at]) continue;
    return `cut, it comes to "${brief(cut.log[at])}"; whole, to "${brief(whole.log[at])}"`;
  }
  return undefined;
}

function brief(line: string | undefined): string {
  return line?.slice(0, 300) ?? "nothing more";
}

/** For blocks and strings each chunk is one. */
function inOnePiece(input: Input): Input | undefined {
  if (input.seed !== 0 || input.target === "hpack" || input.target === "huffman") return undefined;
  const chunks = input.steps.flatMap((step) => (step.kind === "bytes" ? [step.bytes] : []));
  if (chunks.length < 2 || chunks.length < input.steps.length) return undefined;
  return { ...input, steps: [{ kind: "bytes", bytes: Buffer.concat(chunks) }] };
}
