import type { SeededRandom } from "@tightwire/testing";
import type { CallKind } from "./input.js";

/** The largest message that both sides take. */
export const SOAK_MESSAGE_BYTES = 1_048_576;

/** What happens in one call of a soak. */
export interface SoakPlan {
  readonly kind: CallKind;
  /** What the server does: told to it in the call's metadata. */
  readonly does: "echo" | "fail" | "wait" | "response early";
  readonly messages: number;
  readonly messageBytes: number;
  readonly compress: boolean;
  /** `Infinity` for none. */
  readonly deadlineMs: number;
  /** When the caller cancels; `Infinity` for never. */
  readonly cancelMs: number;
}

const KINDS: readonly CallKind[] = ["unary", "clientStream", "serverStream", "bidiStream"];

/** Mostly small calls that go well, and some of everything else. */
export function soakPlan(random: SeededRandom): SoakPlan {
  const kind = random.pick(KINDS);
  return {
    kind,
    does: random.chance(75) ? "echo" : random.pick(["fail", "wait", "response early"]),
    messages: kind === "unary" || kind === "serverStream" ? 1 : 1 + random.below(8),
    messageBytes: sizeOf(random),
    compress: random.chance(30),
    deadlineMs: random.chance(15) ? 1 + random.below(30) : Number.POSITIVE_INFINITY,
    cancelMs: random.chance(15) ? random.below(20) : Number.POSITIVE_INFINITY,
  };
}

function sizeOf(random: SeededRandom): number {
  const roll = random.below(200);
  if (roll === 0) return SOAK_MESSAGE_BYTES + 1;
  return random.below(roll < 8 ? 300_000 : roll < 60 ? 20_000 : 500);
}
