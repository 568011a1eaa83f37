import { MisuseError } from "@tightwire/core";
import type { Clock, Random } from "@tightwire/core/runtime";
import type { Target } from "../resolver/target.js";

// What channels are made of. Each check throws a MisuseError (`TW_INVALID_OPTION`) that says what
// is wrong and what is allowed; options that were not given pass.

const LOGGER: readonly string[] = ["debug", "info", "warn", "error"];
const CLOCK: readonly (keyof Clock)[] = [
  "now",
  "schedule",
  "setTimer",
  "setBackgroundTimer",
  "nextTick",
  "nextTurn",
  "offload",
];
const RANDOM: readonly (keyof Random)[] = ["next", "hex"];

/** An object with these methods. */
function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  if (value === undefined) return;
  if (typeof value !== "object" || value === null) throw invalid(name, "an object", value);
  const missing = methods.find(
    (method) => typeof (value as Record<string, unknown>)[method] !== "function",
  );
  if (missing === undefined) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${name} must be an object with the methods ${methods.join(", ")}; it has no ${missing}`,
  );
}

export function checkArray(name: string, value: unknown): void {
  if (value !== undefined && !Array.isArray(value)) throw invalid(name, "an array", value);
}

export function checkTransport(transport: unknown): void {
  checkMethods("transport", transport, ["connect"]);
}

export function checkLogger(logger: unknown): void {
  checkMethods("logger", logger, LOGGER);
}

export function checkObservers(observers: unknown): void {
  checkArray("observers", observers);
  for (const [index, observer] of ((observers ?? []) as readonly unknown[]).entries())
    checkMethods(`observers[${index}]`, observer ?? null, ["started"]);
}

/** The sources of time and chance. */
export function checkSystem(clock: unknown, random: unknown): void {
  checkMethods("clock", clock, CLOCK);
  checkMethods("random", random, RANDOM);
}

/** A server of this process can be reached over its own transport only. */
export function checkTargetTransport({ scheme, text }: Target, transport: unknown): void {
  if (scheme !== "in-process" || transport !== undefined) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `the target ${JSON.stringify(text)} needs a transport: pass transport: inProcess(server), of @tightwire/server`,
  );
}

export function checkOptionsObject(options: unknown): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw invalid("the options of createChannel", "an object", options);
}

function invalid(name: string, allowed: string, value: unknown): MisuseError {
  return new MisuseError("TW_INVALID_OPTION", `${name} must be ${allowed} (got ${shown(value)})`);
}

/** An object by its kind: it may be large, or hold secrets. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}
