import { once } from "node:events";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as NetServer,
  type Socket,
} from "node:net";
import { type Channel, type ChannelOptions, createChannel, createClient } from "@tightwire/client";
import { RpcError } from "@tightwire/core";
import { createServer, type Server, type ServerOptions } from "@tightwire/server";
import { type TestClient, type TestHandlers, TestService } from "@tightwire/transport-contract";
import { onTestFinished } from "vitest";
import { transportInUse } from "./transport-in-use.js";

const FRAME_HEADER_BYTES = 9;
const PING = 6;

/** Handlers of which those that are not given respond with UNIMPLEMENTED. */
export function handlersOf(given: Partial<TestHandlers>): TestHandlers {
  const missing = (): never => {
    throw new RpcError("unimplemented", "this test has no such handler");
  };
  const {
    unary = missing,
    serverStream = missing,
    clientStream = missing,
    bidiStream = missing,
  } = given;
  return {
    unary,
    unaryWithTimeout: missing,
    unaryReadOnly: missing,
    serverStream,
    serverStreamIdle: missing,
    clientStream,
    bidiStream,
  };
}

/**
 * Serves the test service on a socket, with the transport that the run is about; stopped when the
 * test is over.
 */
export async function startServer(
  given: Partial<TestHandlers>,
  {
    address = "127.0.0.1:0",
    keepaliveMs,
    ...options
  }: { address?: string; keepaliveMs?: number } & ServerOptions = {},
): Promise<{ server: Server; address: string }> {
  const server = createServer(options).add(TestService, handlersOf(given));
  const listener = await server.listen(
    address,
    transportInUse().server(keepaliveMs === undefined ? {} : { keepaliveMs }),
  );
  onTestFinished(() => server.stop({ pauseMs: 0, graceMs: 100 }));
  return { server, address: listener.address };
}

/**
 * A client of the test service, with the transport that the run is about unless another is named;
 * its channel is closed when the test has finished.
 */
export function openClient(
  target: string,
  options: ChannelOptions = {},
): { channel: Channel; client: TestClient } {
  const { transport = transportInUse().client() } = options;
  const channel = createChannel(target, { ...options, transport });
  onTestFinished(() => channel.close());
  return { channel, client: createClient(TestService, channel) };
}

/**
 * Lets any server of Node listen at a free port; it and its connections are closed when the test is
 * over.
 */
export async function listenAt(server: NetServer): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => void sockets.add(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What lies between two peers. */
export interface Proxy {
  readonly address: string;
  /** How many connections were ever made through it. */
  readonly connections: number;
  /** All that the latest connection's client has sent. */
  sent(): Buffer;
  /** From now on nothing passes either way, and no socket is closed: as when a cable is cut. */
  freeze(): void;
}

/** A TCP proxy before `to`. */
export async function startProxy(to: string): Promise<Proxy> {
  const [host = "", port = ""] = to.split(":");
  const sockets: Socket[] = [];
  let connections = 0;
  let chunks: Buffer[] = [];
  const address = await listenAt(
    createTcpServer((near) => {
      connections++;
      const own: Buffer[] = [];
      chunks = own;
      near.on("data", (chunk: Buffer) => void own.push(chunk));
      const far = connect(Number(port), host);
      for (const socket of [near, far]) sockets.push(socket.on("error", () => {}));
      near.pipe(far);
      far.pipe(near);
    }),
  );
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  return {
    address,
    get connections() {
      return connections;
    },
    sent: () => Buffer.concat(chunks),
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

/** How many pings stand in HTTP/2 frames, acknowledgements of pings not counted. */
export function pingsIn(frames: Buffer): number {
  let pings = 0;
  for (
    let at = 0;
    at + FRAME_HEADER_BYTES <= frames.length;
    at += FRAME_HEADER_BYTES + frames.readUIntBE(at, 3)
  ) {
    if (frames[at + 3] === PING && frames[at + 4] === 0) pings++;
  }
  return pings;
}

/** What a call was rejected with. Throws when it was not, or with anything but an RpcError. */
export async function rejectionOf(call: Promise<unknown>): Promise<RpcError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof RpcError))
    throw new Error("the call was not rejected with an RpcError", { cause: thrown });
  return thrown as RpcError;
}

/** Reads a stream to its end. */
export async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}
