import type { Outcome } from "@tightwire/core";

/** What is known of two attempts together: unknown if either is, else responded if either is. */
export function outcomeOfBoth(one: Outcome, other: Outcome): Outcome {
  if (one === "unknown" || other === "unknown") return "unknown";
  return one === "responded" || other === "responded" ? "responded" : "not-processed";
}
