import { FULL, number, parseCommandLine, QUICK, whole } from "../options.js";
import type { Effort } from "../rounds.js";

/** The runtimes that can be measured, as `scripts/find-runtime.mjs` names them. */
export const RUNTIME_NAMES: readonly string[] = ["node20", "node24", "node26", "bun", "deno"];

/** What was asked for with `--runtime`. */
export interface RuntimeOptions extends Effort {
  readonly runtimes: readonly string[];
  /** Whether it is only a check that all of it works: nothing is written. */
  readonly quick: boolean;
}

/** Options of other runs: here the peer is the wire, and the case is `get`. */
const OTHERS = ["base", "case", "minutes", "node", "peer", "profile", "save"] as const;

/**
 * Reads a command line with `--runtime`; undefined when it has none, or asks for help. Throws an
 * Error that says what is wrong.
 */
export function readRuntimeOptions(args: readonly string[]): RuntimeOptions | undefined {
  const { values } = parseCommandLine(args);
  if (values.runtime === undefined || values.help) return undefined;
  for (const name of OTHERS)
    if (values[name] !== undefined) throw new Error(`--runtime and --${name} exclude each other`);
  for (const name of values.runtime)
    if (!RUNTIME_NAMES.includes(name))
      throw new Error(`there is no runtime "${name}"; there are ${RUNTIME_NAMES.join(", ")}`);
  const effort = values.quick ? QUICK : FULL;
  return {
    runtimes: [...new Set(values.runtime)],
    rounds: whole("--rounds", values.rounds, 1, 1_000) ?? effort.rounds,
    seconds: number("--seconds", values.seconds, 0.05, 60) ?? effort.seconds,
    warmUpSeconds: effort.warmUpSeconds,
    quick: values.quick,
  };
}
