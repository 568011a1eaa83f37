import { existsSync } from "node:fs";
import { constants, type ServerHttp2Session } from "node:http2";
import {
  Server,
  type ServerCredentials,
  type ServerInterceptingCall,
  type ServerInterceptor,
  type ServerOptions,
} from "@grpc/grpc-js";
import type { Acceptor, Listener } from "@tightwire/core/runtime";
import { GrpcJsIncoming } from "./incoming.js";
import { takeTimeouts } from "./timeout-header.js";

/** What grpc-js is told of a method: the kind that fits all four, and bytes as they are. */
interface RawHandler {
  readonly func: () => void;
  readonly serialize: (bytes: Buffer) => Buffer;
  readonly deserialize: (bytes: Buffer) => Buffer;
  readonly type: "bidi";
  readonly path: string;
}

function rawHandler(path: string): RawHandler {
  return { func: unreachable, serialize: asIs, deserialize: asIs, type: "bidi", path };
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** Never called: the interceptor answers every call itself. */
function unreachable(): void {}

/** A grpc-js server that hands every call to an acceptor. */
export class GrpcJsListener implements Listener {
  readonly address: string;
  readonly #server: Server;

  constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  static async listen(
    address: string,
    acceptor: Acceptor,
    credentials: ServerCredentials,
    options: ServerOptions,
  ): Promise<GrpcJsListener> {
    const takeOver: ServerInterceptor = (method, call) => {
      // Only `start` is called on it; the type asks for grpc-js's own class.
      return new GrpcJsIncoming(
        method.path,
        call,
        acceptor,
        timeoutOf(call),
      ) as unknown as ServerInterceptingCall;
    };
    const server = new Server({ ...options, interceptors: [takeOver] });
    answerEveryPath(server);
    const timeoutOf = takeTimeouts(server);
    if (address.startsWith("unix:") && existsSync(address.slice("unix:".length)))
      throw new Error(`${address} is in use`);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(grpcAddress(address), credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(bindError(address, error)),
      );
    });
    return new GrpcJsListener(
      server,
      address.startsWith("unix:") ? address : address.replace(/:\d+$/, `:${port}`),
    );
  }

  async drain(graceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const forced = setTimeout(() => void this.closeNow().then(resolve), graceMs);
      this.#server.tryShutdown(() => {
        clearTimeout(forced);
        resolve();
      });
    });
  }

  closeNow(): Promise<void> {
    destroySessions(this.#server);
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}

/** What a grpc-js server keeps of each port it listens at. */
type Listening = Map<unknown, { readonly sessions: Iterable<ServerHttp2Session> }>;

/**
 * Without channelz grpc-js's forceShutdown() knows no sessions and ends none, and once
 * tryShutdown() was called its drain() knows no port. The sessions stand beside each HTTP/2 server;
 * that reaches into grpc-js, and the contract suite's forced stops fail should a version keep them
 * elsewhere.
 */
function destroySessions(server: Server): void {
  for (const { sessions } of (
    server as unknown as { http2Servers: Listening }
  ).http2Servers.values()) {
    for (const session of [...sessions]) session.destroy(undefined, constants.NGHTTP2_CANCEL);
  }
}

/**
 * grpc-js keeps its handlers in a map by path and answers unknown ones itself, unseen. Its
 * `handlers` is replaced by one that knows every path, so that the acceptor decides on all calls
 * alike. That reaches into grpc-js; the contract suite's test of unknown methods fails should a
 * version keep them elsewhere.
 */
function answerEveryPath(server: Server): void {
  class EveryPath extends Map<string, RawHandler> {
    override get(path: string): RawHandler {
      const known = super.get(path);
      return known ?? rawHandler(path);
    }
  }
  (server as unknown as { handlers: Map<string, RawHandler> }).handlers = new EveryPath();
}

function grpcAddress(address: string): string {
  if (!address.startsWith("unix:") && !/^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):\d{1,5}$/.test(address)) {
    throw new TypeError(
      `${JSON.stringify(address)} is not an address: "127.0.0.1:50051", "[::]:50051" and "unix:/path" are`,
    );
  }
  return address;
}

function bindError(address: string, cause: Error): Error {
  if (cause.message.includes("EADDRINUSE")) return new Error(`${address} is in use`, { cause });
  if (cause.message.includes("EACCES"))
    return new Error(`${address} may not be used by this user`, { cause });
  return new Error(`cannot listen at ${address}: ${cause.message}`, { cause });
}
