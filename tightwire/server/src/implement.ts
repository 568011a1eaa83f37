import type { ServiceDefinition } from "@tightwire/core";

type Leaf = string | number | bigint | boolean | symbol | null | undefined | Uint8Array | Date;
type KeysOf<T> = T extends unknown ? keyof T : never;
type ValueAt<T, K extends PropertyKey> = T extends unknown ? (K extends keyof T ? NonNullable<T[K]> : never) : never;
type CaseOf<T, G> = G extends { readonly $case: infer C } ? Extract<T, { readonly $case: C }> : T;

/** Names of the fields in `Given` that `Wanted` does not have, nested ones too; `never` when there are none. */
export type ExtraFields<Wanted, Given> = Given extends Leaf | ReadonlyMap<unknown, unknown>
  ? never
  : Given extends readonly (infer GivenItem)[]
    ? Wanted extends readonly (infer WantedItem)[]
      ? ExtraFields<WantedItem, GivenItem>
      : never
    : [CaseOf<Wanted, Given>] extends [never]
      ? never
      : {
          [K in keyof Given & string]: K extends KeysOf<CaseOf<Wanted, Given>>
            ? ExtraFields<ValueAt<CaseOf<Wanted, Given>, K>, NonNullable<Given[K]>>
            : K;
        }[keyof Given & string];

/** What a compiler error shows when a handler answers with fields that the contract does not have. */
export interface NotInTheContract<Fields> {
  readonly "not in the contract": Fields;
}

type Answered<Handler> = Handler extends (...args: never) => Promise<infer R>
  ? R
  : Handler extends (...args: never) => AsyncIterable<infer R>
    ? R
    : never;

/** Holds each handler to the contract exactly: `unknown` where it is right, {@link NotInTheContract} where a method or a field does not exist. */
export type Exactly<Handlers, Given> = {
  readonly [K in keyof Given]: K extends keyof Handlers
    ? [ExtraFields<Answered<Handlers[K]>, Answered<Given[K]>>] extends [never]
      ? unknown
      : NotInTheContract<ExtraFields<Answered<Handlers[K]>, Answered<Given[K]>>>
    : NotInTheContract<K>;
};

/**
 * Gives handlers back as they are, held exactly to their contract by the compiler: a missing method, a missing or wrong field, and also a misspelt
 * optional field in an async method, a generator or a nested message do not compile (plain `satisfies` lets the last ones pass). Server side.
 */
export function implement<Handlers, Client, Given extends Handlers>(
  _definition: ServiceDefinition<Handlers, Client>,
  handlers: Given & Exactly<Handlers, Given>,
): Handlers {
  return handlers;
}
