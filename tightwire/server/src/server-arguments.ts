import type { Clock, Random } from "@tightwire/core/runtime";
import { checkArgument, checkMethods } from "./argument.js";

// The arguments of functions that take a server, or what servers are made of. Each throws a
// MisuseError that says what is wrong and what is allowed.

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
const SERVER: readonly string[] = ["add", "listen", "stop", "stopNow"];

/** A server that createServer made. */
export function checkServer(server: unknown): void {
  checkMethods("server", server, SERVER);
}

export function checkTransport(transport: unknown): void {
  checkMethods("transport", transport, ["listen"]);
}

export function checkLogger(logger: unknown): void {
  if (logger !== undefined) checkMethods("logger", logger, LOGGER);
}

export function checkObservers(observers: unknown): void {
  if (observers === undefined) return;
  checkArgument("observers", observers, "array");
  for (const [index, observer] of (observers as readonly unknown[]).entries())
    checkMethods(`observers[${index}]`, observer, ["started"]);
}

/** The sources of time and chance. */
export function checkSystem(clock: unknown, random: unknown): void {
  if (clock !== undefined) checkMethods("clock", clock, CLOCK);
  if (random !== undefined) checkMethods("random", random, RANDOM);
}
