import { gzipSync } from "node:zlib";
import { createRandom, mixSeeds, type SeededRandom } from "@tightwire/testing";
import type { CallKind, Input, Step, Target } from "./input.js";
import { mutate } from "./mutation.js";
import { createFrameSource } from "./random-frames.js";
import type { Recording } from "./recording.js";

const TARGETS: readonly Target[] = [
  ...new Array<Target>(9).fill("server"),
  ...new Array<Target>(8).fill("client"),
  "frame-reader",
  "hpack",
  "huffman",
  "inbox",
];
/** Cuts of one input, on average. */
const MAX_CUTS = 100;
const KINDS: readonly CallKind[] = ["unary", "clientStream", "serverStream", "bidiStream"];

/**
 * The input with this number in a run: it depends on nothing but the two numbers and the
 * recordings.
 */
export function randomInput(seed: number, number: number, recordings: readonly Recording[]): Input {
  const random = createRandom(mixSeeds(seed, number));
  const target = random.pick(TARGETS);
  if (target !== "server" && target !== "client")
    return {
      target,
      seed: random.chance(50) ? 0 : random.below(1_000),
      calls: [],
      steps: partSteps(random, target, recordings),
    };
  const own = recordings.filter((recording) => recording.target === target);
  if (own.length > 0 && random.chance(45)) return mutatedRecording(random, target, own);
  const source = createFrameSource(random, target === "server" ? "client" : "server");
  const frames = [
    source.first(),
    ...Array.from({ length: 1 + random.size(60) }, () => source.next()),
  ];
  const calls =
    target === "client"
      ? Array.from({ length: 1 + random.below(6) }, () => random.pick(KINDS))
      : [];
  return session(random, target, calls, Buffer.concat(frames));
}

function mutatedRecording(
  random: SeededRandom,
  target: "server" | "client",
  own: readonly Recording[],
): Input {
  const recording = random.pick(own);
  const bytes = mutate(random, recording.bytes, random.pick(own).bytes);
  return session(random, target, recording.calls, bytes);
}

/** A fifth are nothing but bytes, to a plain application: those must come to the same whole. */
function session(
  random: SeededRandom,
  target: "server" | "client",
  calls: readonly CallKind[],
  bytes: Buffer,
): Input {
  if (random.chance(20)) return { target, seed: 0, calls, steps: cut(random, bytes) };
  return {
    target,
    seed: random.chance(10) ? 0 : random.below(0x7fff_ffff),
    calls,
    steps: mingle(random, bytes),
  };
}

/** Cuts bytes anywhere, with things that happen in between. */
function mingle(random: SeededRandom, bytes: Buffer): Step[] {
  const steps: Step[] = [];
  const most = Math.max(random.pick([10, 100, 1_000, 20_000, 1_000_000]), bytes.length / MAX_CUTS);
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + random.below(Math.min(most, bytes.length) * 2));
    steps.push({ kind: "bytes", bytes: bytes.subarray(at, end) });
    at = end;
    if (random.chance(35)) steps.push({ kind: "turn" });
    if (random.chance(25)) steps.push({ kind: "act", number: random.below(0x7fff_ffff) });
    if (random.chance(5)) steps.push({ kind: "written" });
    if (random.chance(4))
      steps.push({ kind: "advance", ms: random.pick([1, 50, 1_500, 11_000, 70_000]) });
  }
  return steps;
}

function partSteps(random: SeededRandom, target: Target, recordings: readonly Recording[]): Step[] {
  if (target === "inbox")
    return cut(
      random,
      Buffer.concat(Array.from({ length: 1 + random.below(6) }, () => message(random))),
    );
  if (target === "frame-reader") {
    const source = createFrameSource(random, "server");
    if (recordings.length > 0 && random.chance(50))
      return cut(
        random,
        mutate(random, random.pick(recordings).bytes, random.pick(recordings).bytes),
      );
    return cut(
      random,
      Buffer.concat([
        source.first(),
        ...Array.from({ length: random.below(20) }, () => source.next()),
      ]),
    );
  }
  return Array.from({ length: 1 + random.below(5) }, () => ({
    kind: "bytes",
    bytes: random.bytes(random.size(400)),
  }));
}

function cut(random: SeededRandom, bytes: Buffer): Step[] {
  return mingle(random, bytes).filter(({ kind }) => kind === "bytes");
}

function message(random: SeededRandom): Buffer {
  const body = random.chance(20)
    ? gzipSync(random.bytes(random.size(5_000)))
    : random.bytes(random.size(40_000));
  const prefix = Buffer.alloc(5);
  prefix[0] = random.chance(3) ? random.below(256) : random.below(2);
  prefix.writeUInt32BE(random.chance(5) ? random.below(0xffff_ffff) : body.length, 1);
  return Buffer.concat([prefix, body]);
}
