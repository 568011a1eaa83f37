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
