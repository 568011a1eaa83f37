import { parseArgs } from "node:util";
import { CASES, findCase } from "./cases.js";
import type { HostileCase } from "./hostile-case.js";
import { findSubject, SUBJECTS, type Subject } from "./subjects.js";

/** What was asked for on the command line. */
export interface Options {
  readonly cases: readonly HostileCase[];
  readonly subjects: readonly Subject[];
  /** How many attack at once, one run each. */
  readonly connections: readonly number[];
  /** No case takes longer; undefined for what each says. */
  readonly seconds: number | undefined;
  /** Results as lines of JSON instead of tables. */
  readonly json: boolean;
  /** Whether results are kept, and written into the documentation. */
  readonly write: boolean;
  /** Only names what there is. */
  readonly list: boolean;
}

const DEFAULT_CONNECTIONS: readonly number[] = [1, 10];
const MOST_CONNECTIONS = 100;
const MOST_SECONDS = 10;

/** Told by `--help`. */
export const USAGE: string = `pnpm hostile [options]
  --case <name>      a case; may be given more than once; default: all; --list names them
  --subject <name>   ${SUBJECTS.map(({ name }) => name).join(", ")};
                     may be given more than once; default: all
  --connections <n>  how many attack at once; may be given more than once; default: 1 and 10
  --seconds <n>      shortens cases that take longer, for a first look
  --json             results as lines of JSON
  --write            keeps the results in hostile/results/, beside earlier ones of other cases, and
                     writes them into docs/reference/hostile.md; then run \`pnpm format\`
  --list             names the cases, and what each does

Exits with 1 when a verdict of Tightwire's is bad.`;

/**
 * Reads the command line; undefined when help is asked for. Throws an Error that says what is
 * wrong.
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: args[0] === "--" ? args.slice(1) : [...args],
    options: {
      case: { type: "string", multiple: true },
      subject: { type: "string", multiple: true },
      connections: { type: "string", multiple: true },
      seconds: { type: "string" },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    cases: values.case === undefined ? CASES : [...new Set(values.case)].map(findCase),
    subjects:
      values.subject === undefined ? SUBJECTS : [...new Set(values.subject)].map(findSubject),
    connections:
      values.connections === undefined
        ? DEFAULT_CONNECTIONS
        : [...new Set(values.connections.map(readConnections))],
    seconds: values.seconds === undefined ? undefined : readSeconds(values.seconds),
    json: values.json,
    write: values.write,
    list: values.list,
  };
}

function readSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= MOST_SECONDS))
    throw new Error(
      `--seconds takes a number above 0, ${MOST_SECONDS} at most (got ${JSON.stringify(text)})`,
    );
  return value;
}

function readConnections(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MOST_CONNECTIONS)
    throw new Error(
      `--connections takes a whole number from 1 to ${MOST_CONNECTIONS} (got ${JSON.stringify(text)})`,
    );
  return value;
}
