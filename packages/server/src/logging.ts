import type { Logger } from "@tightwire/core";
import { pino, stdTimeFunctions } from "pino";
import { PinoPretty } from "pino-pretty";

/** The levels of LOG_LEVEL. */
export const LOG_LEVELS: readonly string[] = ["debug", "info", "warn", "error", "silent"];

/**
 * Makes a logger to stdout: readable lines on a terminal, JSON otherwise. `level` is one of
 * {@link LOG_LEVELS}.
 */
export function createLogger(service: string, level: string): Logger {
  const options = { name: service, level, timestamp: stdTimeFunctions.isoTime };
  if (!process.stdout.isTTY) return pino(options);
  return pino(
    options,
    PinoPretty({
      ignore: "pid,hostname",
      translateTime: "HH:MM:ss.l",
      singleLine: true,
      sync: true,
    }),
  );
}
