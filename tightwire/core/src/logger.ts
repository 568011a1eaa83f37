import { checkMethods } from "./argument.js";

/**
 * What the library asks of a logger; pino satisfies it. The library makes none of its own. Without
 * one it prints only errors that nobody else would see, on stderr.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Throws a MisuseError for a logger without the methods of one; it may be undefined. */
export function checkLogger(logger: unknown): void {
  if (logger !== undefined) checkMethods("logger", logger, ["debug", "info", "warn", "error"]);
}
