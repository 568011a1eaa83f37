import type { ExtraFields, NotInTheContract, ServiceDefinition } from "@tightwire/core";

type Answered<Handler> = Handler extends (...args: never) => Promise<infer R>
  ? R
  : Handler extends (...args: never) => AsyncIterable<infer R>
    ? R
    : never;

/**
 * Holds each handler to the contract exactly: `unknown` where it is right, {@link NotInTheContract}
 * where a method or a field does not exist.
 */
export type Exactly<Handlers, Given> = {
  readonly [K in keyof Given]: K extends keyof Handlers
    ? [ExtraFields<Answered<Handlers[K]>, Answered<Given[K]>>] extends [never]
      ? unknown
      : NotInTheContract<ExtraFields<Answered<Handlers[K]>, Answered<Given[K]>>>
    : NotInTheContract<K>;
};

/**
 * Gives handlers back as they are, held exactly to their contract by the compiler: a missing
 * method, a missing or wrong field, and also a misspelt optional field in an async method, a
 * generator or a nested message do not compile (plain `satisfies` lets the last ones pass). Server
 * side.
 */
export function implement<Handlers, Client, Given extends Handlers>(
  _definition: ServiceDefinition<Handlers, Client>,
  handlers: Given & Exactly<Handlers, Given>,
): Handlers {
  return handlers;
}
