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

/**
 * How a cut input came to something else than it does whole; undefined when it did not. What
 * depends on the turns of the event loop in which frames were read does not matter: the order of
 * what was said on different streams, and what was said on them before a fault ended everything.
 */
export function differenceOf(cut: Outcome, whole: Outcome): string | undefined {
  const endedByFault = [cut, whole].every(({ log }) =>
    log.some((line) => /^goaway \d+ [1-9]/.test(line)),
  );
  const relevant = (log: readonly string[]): readonly string[] =>
    endedByFault ? log.filter((line) => !ON_STREAM.test(line)) : log;
  const cutLog = sortedByStream(relevant(cut.log));
  const wholeLog = sortedByStream(relevant(whole.log));
  const most = Math.max(cutLog.length, wholeLog.length);
  for (let at = 0; at < most; at++) {
    if (cutLog[at] === wholeLog[at]) continue;
    return `cut, it comes to "${brief(cutLog[at])}"; whole, to "${brief(wholeLog[at])}"`;
  }
  return undefined;
}

/** A line that tells what was said on a stream, and of which. */
const ON_STREAM = /^(?:headers|data|end) (\d+)/;

/**
 * What was said on a stream, by a call or by a kind of frame stays in order, with the bytes of DATA
 * joined.
 */
function sortedByStream(log: readonly string[]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const line of log) {
    const stream = ON_STREAM.exec(line)?.[1];
    const key = stream === undefined ? line.slice(0, line.indexOf(" ")) : `on ${stream}`;
    const group = groups.get(key) ?? [];
    const before = `data ${stream} `;
    if (line.startsWith(before) && group.at(-1)?.startsWith(before))
      group.push(`${group.pop()}${line.slice(before.length)}`);
    else group.push(line);
    groups.set(key, group);
  }
  return [...groups.keys()].sort().flatMap((key) => groups.get(key) ?? []);
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
