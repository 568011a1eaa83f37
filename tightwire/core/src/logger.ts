/**
 * What the library asks of a logger; pino satisfies it. The library makes none of its own and
 * prints nothing.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
