import type { CatalogClient } from "@shop/contracts/catalog";
import type { OrdersClient } from "@shop/contracts/orders";
import type { Output } from "./output.js";

/** A wrong command line: printed with the command's usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a command gets. */
export interface CommandContext {
  /** Arguments without a flag, after the command's name. */
  readonly operands: readonly string[];
  /** A flag's value; undefined when it was not given. */
  flag(name: string): string | undefined;
  /** Whether a flag without a value was given. */
  isSet(name: string): boolean;
  /** A flag's value as a whole number. Throws a {@link UsageError}. */
  number(name: string): number | undefined;
  readonly output: Output;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly catalog: CatalogClient;
  readonly orders: OrdersClient;
}

/** One command of `shop`. */
export interface Command {
  /** What follows `shop `: `products get <id>`. */
  readonly usage: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** Its flags, besides those that all commands have. */
  readonly flags: Readonly<Record<string, "string" | "boolean">>;
  /** How many operands it takes. */
  readonly operands: { readonly least: number; readonly most: number };
  run(context: CommandContext): Promise<void>;
}
