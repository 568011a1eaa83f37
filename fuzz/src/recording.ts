import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CallKind, type Input, parseInput } from "./input.js";

const CORPUS: string = join(import.meta.dirname, "../corpus");
/** Where recordings and their index stand. */
export const RECORDINGS: string = join(CORPUS, "recordings");
const REGRESSIONS: string = join(CORPUS, "regressions");

/** What one side of a real connection sent. */
export interface Recording {
  /** Its file's name: who spoke to whom, and about what. */
  readonly name: string;
  /** The session that it is given to: the one that heard it. */
  readonly target: "server" | "client";
  /** The calls of that connection, in order. */
  readonly calls: readonly CallKind[];
  readonly bytes: Buffer;
}

/** The committed recordings. */
export function readRecordings(): Recording[] {
  const index = JSON.parse(readFileSync(join(RECORDINGS, "index.json"), "utf8")) as Omit<
    Recording,
    "bytes"
  >[];
  return index.map((entry) => ({
    ...entry,
    bytes: readFileSync(join(RECORDINGS, `${entry.name}.bin`)),
  }));
}

/** Inputs that once brought a fault to light, by the names of their files. */
export function readRegressions(): [name: string, input: Input][] {
  return readdirSync(REGRESSIONS)
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name, parseInput(readFileSync(join(REGRESSIONS, name), "utf8"))]);
}
