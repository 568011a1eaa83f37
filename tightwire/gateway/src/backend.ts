import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import { type Channel, createClient } from "@tightwire/client";
import { type UnaryCaller, unaryCaller } from "@tightwire/client/runtime";
import type {
  CallOptions,
  Codec,
  Idempotency,
  MethodDefinition,
  Policy,
  ServiceDefinition,
} from "@tightwire/core";

/** A method behind the gateway, and the way to it. */
export interface Backend {
  readonly method: DescMethod;
  readonly channel: Channel;
  /** The contract's, resolved. */
  readonly policy: Policy;
}

/** Where a method is called by its own name: `/shop.catalog.v1.CatalogService/GetProduct`. */
export function pathOfMethod({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

type Bytes = Uint8Array;
/** Calls a method with one message's bytes. */
export type OneToOne<Answer> = (request: Bytes, options: CallOptions) => Promise<Answer>;
export type OneToMany<Answer> = (
  request: Bytes,
  options: CallOptions,
) => AsyncIterableIterator<Answer>;
export type ManyToOne<Answer> = (
  requests: AsyncIterable<Bytes>,
  options: CallOptions,
) => Promise<Answer>;
export type ManyToMany<Answer> = (
  requests: AsyncIterable<Bytes>,
  options: CallOptions,
) => AsyncIterableIterator<Answer>;

/**
 * Calls to a method that give and take bytes; answers as `read` makes them, out of borrowed bytes.
 * What the messages are is known to the gateway alone, so the client has codecs that know nothing.
 */
export function callsTo<Answer, Call>(backend: Backend, read: (bytes: Bytes) => Answer): Call {
  const service: ServiceDefinition<unknown, { call: Call }> = {
    name: backend.method.parent.typeName,
    methods: { call: definitionOf(backend, read) as MethodDefinition },
  };
  return createClient(service, backend.channel).call;
}

/** As {@link callsTo}, of a unary method, for who is called back. */
export function unaryTo<Answer>(
  backend: Backend,
  read: (bytes: Bytes) => Answer,
): UnaryCaller<Bytes, Answer> {
  return unaryCaller(definitionOf(backend, read), backend.channel);
}

function definitionOf<Answer>(
  { method, policy }: Backend,
  read: (bytes: Bytes) => Answer,
): MethodDefinition<Bytes, Answer> {
  return {
    name: method.name,
    path: pathOfMethod(method),
    kind: method.methodKind,
    idempotency: IDEMPOTENCY[method.idempotency],
    policy,
    http: [],
    redacted: { request: [], response: [] },
    request: AS_IT_IS,
    response: { ...(AS_IT_IS as unknown as Codec<Answer>), decode: read },
  };
}

const IDEMPOTENCY: Readonly<Record<Level, Idempotency>> = {
  [Level.IDEMPOTENCY_UNKNOWN]: "unknown",
  [Level.NO_SIDE_EFFECTS]: "no_side_effects",
  [Level.IDEMPOTENT]: "idempotent",
};

/** Copies borrowed bytes. */
export const copyBytes = (bytes: Bytes): Bytes => new Uint8Array(bytes);

const AS_IT_IS: Codec<Bytes> = {
  encode: (bytes) => bytes,
  decode: copyBytes,
  create: (bytes) => bytes as Bytes,
};
