import { type Channel, type ChannelOptions, createChannel, createClient } from "@tightwire/client";
import { RpcError, type ServiceDefinition } from "@tightwire/core";
import type { Clock, Random } from "@tightwire/core/runtime";
import {
  createServer,
  type Exactly,
  inProcess,
  type Server,
  type ServerOptions,
} from "@tightwire/server";

/** Settings of a stub; all optional. */
export interface StubOptions {
  /** The `peer.identity` that handlers see. Default: none. */
  readonly identity?: string;
  /** Time of both sides, for tests in virtual time. Default: the process's. */
  readonly clock?: Clock;
  /** Random numbers of both sides. Default: the process's. */
  readonly random?: Random;
  /** Further settings of the server. */
  readonly server?: Omit<ServerOptions, "clock" | "random">;
  /** Further settings of the channel. */
  readonly channel?: Omit<ChannelOptions, "clock" | "random" | "transport">;
}

/** A service that a test made up, and a client of it. */
export interface Stub<Client> {
  /** Calls the handlers. Give it to the code under test. */
  readonly client: Client;
  readonly channel: Channel;
  readonly server: Server;
  /** Closes the channel and stops the server. Calls in flight fail. */
  close(): Promise<void>;
}

/**
 * Serves `handlers` in this process and makes a client of them. Server, client and in-process
 * transport are the real ones: policy, deadlines, metadata, limits and errors are as in production,
 * without a socket. Methods without a handler fail with UNIMPLEMENTED.
 *
 * ```ts
 * const stub = createStub(CatalogService, {
 *   getProduct: async ({ id }) => ({ product: productOf(id) }),
 * });
 * await checkOut(cart, { catalog: stub.client });
 * await stub.close();
 * ```
 */
export function createStub<Handlers, Client, Given extends Partial<Handlers>>(
  definition: ServiceDefinition<Handlers, Client>,
  handlers: Given & Exactly<Handlers, Given>,
  options: StubOptions = {},
): Stub<Client> {
  const { identity, clock, random } = options;
  const both = {
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
  };
  const server = createServer({ ...options.server, ...both });
  server.add(definition, withMissingHandlers(definition, handlers) as never);
  const channel = createChannel("in-process:", {
    ...options.channel,
    ...both,
    transport: inProcess(server, identity === undefined ? {} : { identity }),
  });
  return {
    client: createClient(definition, channel),
    channel,
    server,
    async close() {
      await channel.close();
      await server.stopNow();
    },
  };
}

/** The server takes a service only with a handler for each of its methods. */
function withMissingHandlers(
  { name, methods }: ServiceDefinition,
  handlers: object,
): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const method of Object.keys(methods)) {
    const given = (handlers as Record<string, unknown>)[method];
    all[method] =
      typeof given === "function"
        ? given.bind(handlers)
        : () => {
            throw new RpcError("unimplemented", `the stub of ${name} has no handler for ${method}`);
          };
  }
  return all;
}
