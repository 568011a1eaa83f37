import { parseArgs } from "node:util";

/** What the fuzzer was asked for. */
export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  /** An input's file; undefined to make inputs. */
  readonly replay: string | undefined;
}

/** Told by `--help`. */
export const FUZZ_USAGE = `pnpm fuzz [options]
  --seconds <n>    how long; default 60
  --seed <n>       which inputs: the same seed makes the same ones; default: one out of the clock
  --replay <file>  runs the input in this file instead, and tells what came of it`;

/** Told by `--help`. */
export const SOAK_USAGE = `pnpm soak [options]
  --minutes <n>  how long; default 10
  --warm-up <n>  minutes before them; default 1, at most half of them
  --seed <n>     which calls; default: one out of the clock`;

/**
 * Reads the fuzzer's command line; undefined when help is asked for. Throws an Error that says what
 * is wrong.
 */
export function readFuzzOptions(args: readonly string[]): FuzzOptions | undefined {
  const { values } = parseArgs({
    args: withoutDashes(args),
    options: {
      seconds: { type: "string" },
      seed: { type: "string" },
      replay: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return undefined;
  return {
    seconds: number("--seconds", values.seconds, 60),
    seed: seedOf(values.seed),
    replay: values.replay,
  };
}

/** What the soak was asked for. */
export interface SoakCommand {
  readonly minutes: number;
  readonly warmUpMinutes: number;
  readonly seed: number;
}

/**
 * Reads the soak's command line; undefined when help is asked for. Throws an Error that says what
 * is wrong.
 */
export function readSoakOptions(args: readonly string[]): SoakCommand | undefined {
  const { values } = parseArgs({
    args: withoutDashes(args),
    options: {
      minutes: { type: "string" },
      "warm-up": { type: "string" },
      seed: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return undefined;
  const minutes = number("--minutes", values.minutes, 10);
  return {
    minutes,
    warmUpMinutes: number("--warm-up", values["warm-up"], Math.min(1, minutes / 2)),
    seed: seedOf(values.seed),
  };
}

function withoutDashes(args: readonly string[]): string[] {
  return args[0] === "--" ? args.slice(1) : [...args];
}

function number(name: string, text: string | undefined, standard: number): number {
  const value = Number(text ?? standard);
  if (!(value > 0)) throw new Error(`${name} takes a number above 0, not ${JSON.stringify(text)}`);
  return value;
}

function seedOf(text: string | undefined): number {
  const value = Number(text ?? Date.now() % 1_000_000_000);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`--seed takes a whole number, not ${JSON.stringify(text)}`);
  return value;
}
