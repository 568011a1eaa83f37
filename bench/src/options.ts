import { parseArgs } from "node:util";
import { BASE_MINUTES, BASE_ROUNDS, BASE_SECONDS } from "./base/effort.js";
import { CASES, type Case, findCase } from "./cases.js";
import type { Peer } from "./peer.js";
import { BASE_PEER, findPeer, PEERS } from "./peers.js";
import type { Effort } from "./rounds.js";

/** What was asked for on the command line. */
export interface Options extends Effort {
  readonly cases: readonly Case[];
  /** The base first. */
  readonly peers: readonly Peer[];
  /** Whether it is only a check that all of it works: nothing is written. */
  readonly quick: boolean;
  /** The major version of Node.js to measure with; undefined for the one that runs this. */
  readonly node: number | undefined;
  /** The folder for processor profiles; undefined for none. With them nothing else is written. */
  readonly profile: string | undefined;
  /** As it can be typed again. */
  readonly command: string;
}

/** Told by `--help`. */
export const USAGE: string = `pnpm bench [options]
  --case <name>      ${CASES.map((one) => one.name).join(", ")}; may be given more than once; default: all
  --peer <name>      beside grpc-js, which is always measured; may be given more than once;
                     default: all that have a server:
                     ${PEERS.map((peer) => peer.name).join(", ")}
  --rounds <n>       rounds of one window a peer; default 20
  --seconds <s>      length of a window; default 0.5
  --node <major>     measure with this version of Node.js, for example 24;
                     default: the one that runs this
  --runtime <name>   measure the wire on another runtime instead, in the case get, and write the
                     figures into the README: node20, node24, node26, bun, deno; may be given more
                     than once
  --profile <folder> write processor profiles there and tell where the time goes, instead of results
  --quick            2 rounds of 0.2 s to see that it works, of get and get-life unless told
                     otherwise; writes nothing
  --base <checkout>  compare with the build in another checkout, or in this one, instead;
                     exits with 1 when a case loses more than 3 %; --peer: default all of our own;
                     --rounds: to begin with, default ${BASE_ROUNDS};
                     --seconds: default ${BASE_SECONDS}
  --minutes <n>      with --base: more rounds for undecided cases only until then;
                     default ${BASE_MINUTES}
  --save <file>      with --base: write the result there as JSON`;

// The larger the code of a peer, the longer it takes to be compiled to its best form, and on one
// core that takes its share, too.
export const FULL: Effort = { rounds: 20, seconds: 0.5, warmUpSeconds: 4 };
/** Only to see that it works. */
export const QUICK: Effort = { rounds: 2, seconds: 0.2, warmUpSeconds: 0.2 };
const QUICK_CASES: readonly string[] = ["get", "get-life"];

/** What is typed, unread. */
export interface CommandLine {
  readonly values: {
    readonly case?: string[];
    readonly peer?: string[];
    readonly rounds?: string;
    readonly seconds?: string;
    readonly node?: string;
    readonly runtime?: string[];
    readonly profile?: string;
    readonly base?: string;
    readonly minutes?: string;
    readonly save?: string;
    readonly quick: boolean;
    readonly help: boolean;
  };
  /** As it can be typed again. */
  readonly typed: readonly string[];
}

/** Splits the command line into options. Throws an Error that names one that there is not. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const typed = args[0] === "--" ? args.slice(1) : args;
  const { values } = parseArgs({
    args: [...typed],
    options: {
      case: { type: "string", multiple: true },
      peer: { type: "string", multiple: true },
      rounds: { type: "string" },
      seconds: { type: "string" },
      node: { type: "string" },
      runtime: { type: "string", multiple: true },
      profile: { type: "string" },
      base: { type: "string" },
      minutes: { type: "string" },
      save: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return { values, typed };
}

/**
 * Reads the command line of a run without `--base`; undefined when help is asked for. Throws an
 * Error that says what is wrong.
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values, typed } = parseCommandLine(args);
  if (values.help) return undefined;
  for (const name of ["save", "minutes"] as const)
    if (values[name] !== undefined) throw new Error(`--${name} needs --base <checkout>`);
  const effort = values.quick ? QUICK : FULL;
  const cases = values.case ?? (values.quick ? QUICK_CASES : CASES.map(({ name }) => name));
  const peers =
    values.peer ?? PEERS.filter(({ server }) => server !== undefined).map(({ name }) => name);
  return {
    cases: [...new Set(cases)].map(findCase),
    peers: [...new Set([BASE_PEER, ...peers])].map(findPeer),
    rounds: whole("--rounds", values.rounds, 1, 1_000) ?? effort.rounds,
    seconds: number("--seconds", values.seconds, 0.05, 60) ?? effort.seconds,
    warmUpSeconds: effort.warmUpSeconds,
    quick: values.quick,
    node: whole("--node", values.node, 20, 99),
    profile: values.profile,
    command: ["pnpm bench", ...typed].join(" "),
  };
}

/**
 * A number from a command line; undefined when none was given. Throws an Error that names the
 * option.
 */
export function number(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value >= least && value <= most))
    throw new Error(`${name} takes a number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  return value;
}

/**
 * A whole number from a command line; undefined when none was given. Throws an Error that names the
 * option.
 */
export function whole(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  const value = number(name, text, least, most);
  if (value !== undefined && !Number.isInteger(value))
    throw new Error(`${name} takes a whole number, not ${JSON.stringify(text)}`);
  return value;
}
