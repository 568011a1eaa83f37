import { isSafePattern } from "redos-detector";
import type { FieldRules, Rule, ValueRules } from "./rule.js";

type PatternRule = Extract<Rule, { kind: "pattern" }>;

/** How far JavaScript may backtrack in a match, as the analyser counts it. */
const MAX_SCORE = 100;
/** How long the analyser may look, in its own steps, so that the result is the same everywhere. */
const MAX_STEPS = 20_000;

/**
 * Why a pattern must not be run on texts of others: JavaScript may need more than linear time for
 * it, or the analyser cannot show that it does not. Continues "`pattern` …"; undefined when it is
 * safe.
 */
export function explainUnsafePattern({ source, flags }: PatternRule): string | undefined {
  const caseInsensitive = flags.includes("i");
  // The analyser folds case without the flag `u` only, which these escapes need.
  if (caseInsensitive && !/^(?:[\x20-\x5b\x5d-\x7e]|\\[^up])*$/i.test(source))
    return "has the flag `i` and something beyond ASCII, \\p or \\x, which cannot be analysed together";
  const { safe } = isSafePattern(source, {
    unicode: !caseInsensitive,
    caseInsensitive,
    maxScore: MAX_SCORE,
    maxSteps: MAX_STEPS,
    timeout: Number.POSITIVE_INFINITY,
  });
  if (safe) return undefined;
  return (
    "may take JavaScript more than linear time; start it with ^, limit repetitions ({1,64}), " +
    "and let parts that follow each other begin with different characters"
  );
}

/** The patterns among the rules of a field, its items, keys and values. */
export function patternsOf(rules: FieldRules | ValueRules): PatternRule[] {
  const inner = [rules.items, rules.keys, rules.values].flatMap((one) =>
    one === undefined ? [] : patternsOf(one),
  );
  return [...rules.rules.filter((rule) => rule.kind === "pattern"), ...inner];
}
