import { resolve } from "node:path";
import { number, parseCommandLine, whole } from "../options.js";
import type { Effort } from "../rounds.js";
import { BASE_MINUTES, BASE_ROUNDS, BASE_SECONDS, BASE_WARM_UP_SECONDS } from "./effort.js";
import { planComparison, type Target } from "./plan.js";

/** What was asked for with `--base`. */
export interface BaseOptions extends Effort {
  /** The folder of the other checkout, absolute; not yet looked at. */
  readonly folder: string;
  readonly targets: readonly Target[];
  /** Undecided cases get no more rounds after so many minutes. */
  readonly minutes: number;
  /** The major version of Node.js to measure with; undefined for the one that runs this. */
  readonly node: number | undefined;
  /** The file for the result as JSON, absolute; undefined for none. */
  readonly save: string | undefined;
  /** As it can be typed again. */
  readonly command: string;
}

/**
 * Reads a command line with `--base`; undefined when it has none, or asks for help. Throws an
 * Error that says what is wrong.
 */
export function readBaseOptions(args: readonly string[]): BaseOptions | undefined {
  const { values, typed } = parseCommandLine(args);
  if (values.base === undefined || values.help) return undefined;
  if (values.base === "") throw new Error("--base takes the folder of a checkout");
  if (values.quick)
    throw new Error("--base and --quick exclude each other; for a short run, give --rounds 2");
  for (const name of ["profile", "runtime"] as const)
    if (values[name] !== undefined) throw new Error(`--base and --${name} exclude each other`);
  return {
    folder: resolve(values.base),
    targets: planComparison(values.peer, values.case),
    rounds: whole("--rounds", values.rounds, 2, 1_000) ?? BASE_ROUNDS,
    seconds: number("--seconds", values.seconds, 0.05, 60) ?? BASE_SECONDS,
    warmUpSeconds: BASE_WARM_UP_SECONDS,
    minutes: number("--minutes", values.minutes, 0, 1_000) ?? BASE_MINUTES,
    node: whole("--node", values.node, 20, 99),
    save: values.save === undefined ? undefined : resolve(values.save),
    command: ["pnpm bench", ...typed].join(" "),
  };
}
