import type { PartialMessage } from "./definition.js";

type Leaf = string | number | bigint | boolean | symbol | null | undefined | Uint8Array | Date;
type KeysOf<T> = T extends unknown ? keyof T : never;
type ValueAt<T, K extends PropertyKey> = T extends unknown
  ? K extends keyof T
    ? NonNullable<T[K]>
    : never
  : never;
type CaseOf<T, G> = G extends { readonly $case: infer C } ? Extract<T, { readonly $case: C }> : T;

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/**
 * The contract's own type has no more fields than it has; looking no further is what ends at
 * messages that hold themselves.
 */
type IsOwnType<Wanted, Given> = true extends
  | Same<Given, Wanted>
  | Same<Given, PartialMessage<Wanted>>
  ? true
  : false;

/**
 * Names of the fields in `Given` that `Wanted` does not have, nested ones too; `never` when there
 * are none.
 */
export type ExtraFields<Wanted, Given> = Given extends Leaf | ReadonlyMap<unknown, unknown>
  ? never
  : IsOwnType<Wanted, Given> extends true
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

/**
 * What a compiler error shows for fields that the contract does not have, in a handler's response
 * or a caller's request stream.
 */
export interface NotInTheContract<Fields> {
  readonly "not in the contract": Fields;
}

/**
 * The requests of a streaming call: an iterable or async iterable of messages in part. Each is held
 * exactly to the contract by the compiler: a misspelt field in an array that was mapped, a
 * generator or a nested message does not compile, which plain assignability lets pass.
 */
export type RequestStream<Message, Given> = (AsyncIterable<Given> | Iterable<Given>) &
  ([ExtraFields<Message, Given>] extends [never]
    ? unknown
    : NotInTheContract<ExtraFields<Message, Given>>);
