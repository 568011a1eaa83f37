import { existsSync } from "node:fs";
import {
  Server,
  type ServerCredentials,
  type ServerInterceptingCall,
  type ServerInterceptor,
  type ServerOptions,
} from "@grpc/grpc-js";
import { StartError } from "@tightwire/core";
import type { Acceptor, Clock, Listener } from "@tightwire/core/runtime";
import { invalidAddress } from "../listen-address.js";
import { GrpcJsIncomingCall } from "./call.js";
import { acceptEveryPath } from "./every-path.js";
import { destroySessions } from "./sessions.js";
import { takeTimeouts } from "./timeout-header.js";

/** A grpc-js server that gives every call to an acceptor. */
export class GrpcJsListener implements Listener {
  readonly address: string;
  readonly #server: Server;
  readonly #clock: Clock;

  constructor(server: Server, address: string, clock: Clock) {
    this.#server = server;
    this.address = address;
    this.#clock = clock;
  }

  /** Listens, or rejects with a MisuseError or StartError that says why it cannot. */
  static async listen(
    address: string,
    acceptor: Acceptor,
    credentials: ServerCredentials,
    options: ServerOptions,
  ): Promise<GrpcJsListener> {
    const server = createGrpcServer(acceptor, options);
    const bound = await bind(server, address, credentials);
    return new GrpcJsListener(server, bound, acceptor.clock);
  }

  async drain(graceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const forced = this.#clock.setTimer(() => void this.closeNow().then(resolve), graceMs);
      this.#server.tryShutdown(() => {
        forced.cancel();
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

function createGrpcServer(acceptor: Acceptor, options: ServerOptions): Server {
  const takeOver: ServerInterceptor = (method, call) => {
    const incoming = new GrpcJsIncomingCall(method.path, call, acceptor, timeoutOf(call));
    // grpc-js only calls `start` on it, though the type asks for its own class.
    return incoming as unknown as ServerInterceptingCall;
  };
  const server = new Server({ ...options, interceptors: [takeOver] });
  acceptEveryPath(server);
  const timeoutOf = takeTimeouts(server);
  return server;
}

const TCP_ADDRESS = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):\d{1,5}$/;

/** Binds a server; resolves with its address, with the port that was chosen. */
async function bind(
  server: Server,
  address: string,
  credentials: ServerCredentials,
): Promise<string> {
  const unix = address.startsWith("unix:");
  if (unix && existsSync(address.slice("unix:".length))) throw addressInUse(address);
  if (!unix && !TCP_ADDRESS.test(address)) throw invalidAddress(address);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, chosen) =>
      error === null ? resolve(chosen) : reject(bindError(address, error)),
    );
  });
  return unix ? address : address.replace(/:\d+$/, `:${port}`);
}

function bindError(address: string, cause: Error): StartError {
  if (cause.message.includes("EADDRINUSE")) return addressInUse(address, cause);
  if (cause.message.includes("EACCES")) {
    const message = `this user has no permission to listen at ${address}`;
    return new StartError("TW_ADDRESS_NOT_PERMITTED", message, { cause });
  }
  const message = `cannot listen at ${address}: ${cause.message}`;
  return new StartError("TW_CANNOT_LISTEN", message, { cause });
}

function addressInUse(address: string, cause?: Error): StartError {
  const options = cause === undefined ? {} : { cause };
  return new StartError("TW_ADDRESS_IN_USE", `${address} is in use`, options);
}
