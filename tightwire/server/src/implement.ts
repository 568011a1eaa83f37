import type { ExtraFields, NotInTheContract, ServiceDefinition } from "@tightwire/core";

/** The message type of a handler's response, or of each message of its response stream. */
type ResponseOf<Handler> = Handler extends (...args: never) => Promise<infer R>
  ? R
  : Handler extends (...args: never) => AsyncIterable<infer R>
    ? R
    : never;

/**
 * Compares handlers with their contract exactly: `unknown` for a handler that matches,
 * {@link NotInTheContract} for a method or a field that the contract does not have.
 */
export type Exactly<Handlers, Given> = {
  readonly [K in keyof Given]: K extends keyof Handlers
    ? [ExtraFields<ResponseOf<Handlers[K]>, ResponseOf<Given[K]>>] extends [never]
      ? unknown
      : NotInTheContract<ExtraFields<ResponseOf<Handlers[K]>, ResponseOf<Given[K]>>>
    : NotInTheContract<K>;
};

/**
 * Returns handlers unchanged and lets the compiler compare them exactly with their contract. A
 * missing method or a missing or wrong field does not compile; nor does a misspelt optional field
 * in an async method, a generator or a nested message, which plain `satisfies` does not find.
 * Server side.
 */
export function implement<Handlers, Client, Given extends Handlers>(
  _definition: ServiceDefinition<Handlers, Client>,
  handlers: Given & Exactly<Handlers, Given>,
): Handlers {
  return handlers;
}
