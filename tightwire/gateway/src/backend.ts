import type { DescMethod } from "@bufbuild/protobuf";
import { type Channel, createClient } from "@tightwire/client";
import { type UnaryCaller, unaryCaller } from "@tightwire/client/runtime";
import { pathOfMethod, readIdempotency } from "@tightwire/contract";
import type {
  CallOptions,
  Codec,
  MethodDefinition,
  Policy,
  ServiceDefinition,
} from "@tightwire/core";

/** A method behind the gateway, and the channel to it. */
export interface Backend {
  readonly method: DescMethod;
  readonly channel: Channel;
  /** The resolved policy of the contract. */
  readonly policy: Policy;
}

type Bytes = Uint8Array;
/** Calls a method with the bytes of one message. */
export type OneToOne<Response> = (request: Bytes, options: CallOptions) => Promise<Response>;
export type OneToMany<Response> = (
  request: Bytes,
  options: CallOptions,
) => AsyncIterableIterator<Response>;
export type ManyToOne<Response> = (
  requests: AsyncIterable<Bytes>,
  options: CallOptions,
) => Promise<Response>;
export type ManyToMany<Response> = (
  requests: AsyncIterable<Bytes>,
  options: CallOptions,
) => AsyncIterableIterator<Response>;

/**
 * Makes the calls of a method: requests are bytes, responses are what `read` makes of borrowed
 * bytes. The client's codecs pass bytes through, because only the gateway knows the messages.
 */
export function callsTo<Response, Call>(backend: Backend, read: (bytes: Bytes) => Response): Call {
  const service: ServiceDefinition<unknown, { call: Call }> = {
    name: backend.method.parent.typeName,
    methods: { call: definitionOf(backend, read) as MethodDefinition },
  };
  return createClient(service, backend.channel).call;
}

/** The callback variant of {@link callsTo}, for unary methods. */
export function unaryTo<Response>(
  backend: Backend,
  read: (bytes: Bytes) => Response,
): UnaryCaller<Bytes, Response> {
  return unaryCaller(definitionOf(backend, read), backend.channel);
}

function definitionOf<Response>(
  { method, policy }: Backend,
  read: (bytes: Bytes) => Response,
): MethodDefinition<Bytes, Response> {
  return {
    name: method.name,
    path: pathOfMethod(method),
    kind: method.methodKind,
    idempotency: readIdempotency(method),
    policy,
    http: [],
    redacted: { request: [], response: [] },
    request: RAW_BYTES,
    response: { ...(RAW_BYTES as unknown as Codec<Response>), decode: read },
  };
}

/** Copies borrowed bytes. */
export const copyBytes = (bytes: Bytes): Bytes => new Uint8Array(bytes);

const RAW_BYTES: Codec<Bytes> = {
  encode: (bytes) => bytes,
  decode: copyBytes,
  create: (bytes) => bytes as Bytes,
};
