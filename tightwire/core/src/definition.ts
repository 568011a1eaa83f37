import type { Policy } from "./policy.js";
import type { StatusCode } from "./status.js";
import type { Violations } from "./validation/violations.js";

/** The four kinds of call. */
export type MethodKind = "unary" | "server_streaming" | "client_streaming" | "bidi_streaming";

/**
 * What a contract says of repeating a method: `google.protobuf.MethodOptions.idempotency_level`.
 */
export type Idempotency = "unknown" | "no_side_effects" | "idempotent";

/** A message in part, as a caller may give it: whatever is absent takes its proto3 default. */
export type PartialMessage<T> = T extends
  | bigint
  | boolean
  | number
  | string
  | symbol
  | null
  | undefined
  | Uint8Array
  | Date
  ? T
  : T extends Map<infer K, infer V>
    ? Map<K, V>
    : T extends readonly (infer Item)[]
      ? readonly PartialMessage<Item>[]
      : T extends { readonly $case: infer Case extends string; readonly value: infer Value }
        ? { $case: Case; value: PartialMessage<Value> }
        : T extends object
          ? { [K in keyof T]?: PartialMessage<T[K]> | undefined }
          : T;

/** Lends memory for messages, to use it again. */
export interface Lender {
  /**
   * Takes back bytes that it may have lent and that nobody reads any more. It does no harm to drop
   * them instead. Default: nothing is lent.
   */
  giveBack?(bytes: Uint8Array): void;
}

/**
 * Bytes to messages and back. Structural: what `@tightwire/codec` makes of ts-proto's messages
 * satisfies it.
 */
export interface Codec<T> extends Lender {
  /**
   * The message's bytes; the caller owns them. `lend`: they may be in memory that is used again
   * once they are given back. A server asks for it, for its responses.
   */
  encode(message: T, lend?: boolean): Uint8Array;
  /**
   * Reads a message out of borrowed bytes and keeps no view of them. Throws an Error when they are
   * not such a message.
   */
  decode(bytes: Uint8Array): T;
  /** A whole message from part of one. */
  create(partial: PartialMessage<T>): T;
}

/** One binding of `google.api.http`, as plain data. */
export interface HttpRule {
  /**
   * The HTTP method in upper case: GET, PUT, POST, DELETE, PATCH, or the `kind` of a custom
   * pattern.
   */
  readonly verb: string;
  /** The path template, for example `/v1/products/{id}`. */
  readonly path: string;
  /** The request field that the body holds, or `*`; absent when there is no body. */
  readonly body?: string;
  /** The response field that the body holds; absent for the whole message. */
  readonly responseBody?: string;
}

/**
 * An error that a contract declares, as generated code describes it. `Detail` is the message that
 * it carries, `undefined` for one that carries none. Source: tightwire/errors/v1/errors.proto.
 */
export interface ErrorDefinition<Detail = unknown> {
  /** What `ErrorInfo.reason` holds: `OUT_OF_STOCK`. */
  readonly reason: string;
  /** What `ErrorInfo.domain` holds: `shop.orders.v1`. */
  readonly domain: string;
  readonly code: StatusCode;
  /** The message that it carries; absent when it carries none. */
  readonly detail?: ErrorDetailDefinition<Detail>;
}

/** The message that a declared error carries. */
export interface ErrorDetailDefinition<Detail> {
  /** The full name: `shop.orders.v1.OutOfStock`. */
  readonly type: string;
  readonly codec: Codec<Detail>;
}

/** Declared errors by the names that TypeScript code uses: `outOfStock`. */
export interface ErrorDefinitions {
  // A definition takes its detail in and gives it out: only `any` lets all of them in.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly [localName: string]: ErrorDefinition<any>;
}

/** A method as generated code describes it: plain data and two codecs. */
export interface MethodDefinition<Request = unknown, Response = unknown> {
  /** As the contract spells it: `GetProduct`. */
  readonly name: string;
  /** `/shop.catalog.v1.CatalogService/GetProduct`. */
  readonly path: string;
  readonly kind: MethodKind;
  readonly idempotency: Idempotency;
  /** The service's policy merged with the method's, the method's first. */
  readonly policy: Policy;
  readonly http: readonly HttpRule[];
  /**
   * Paths of the fields marked `debug_redact` (`buyer.email`; repeated and map fields without an
   * index), in request and response.
   */
  readonly redacted: { readonly request: readonly string[]; readonly response: readonly string[] };
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
  /** Checks the `buf.validate` rules of a request; absent when its message has none. */
  checkRequest?(message: Request, found: Violations): void;
  /** Checks the `buf.validate` rules of a response; absent when its message has none. */
  checkResponse?(message: Response, found: Violations): void;
  /** The errors that the contract declares for it, by the names that TypeScript code uses. */
  readonly errors?: ErrorDefinitions;
}

/**
 * A service as generated code describes it. `Handlers` is the interface that a server implements
 * and `Client` the one that a caller uses; both are types only.
 */
export interface ServiceDefinition<Handlers = unknown, Client = unknown> {
  /** The full name: `shop.catalog.v1.CatalogService`. */
  readonly name: string;
  /** By the name that TypeScript code uses: `getProduct`. */
  readonly methods: { readonly [localName: string]: MethodDefinition };
  /**
   * The descriptor image (a `FileDescriptorSet`, as `buf build` writes it) that holds this service,
   * for reflection.
   */
  readonly image?: URL;
  /** Never set: carries the two types. */
  readonly types?: { readonly handlers: Handlers; readonly client: Client };
}
