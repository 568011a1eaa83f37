import { Metadata } from "@tightwire/core";
import {
  type Acceptor,
  type Completion,
  type Connection,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  type Listener,
  type OutgoingCall,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
  SYSTEM,
} from "@tightwire/core/runtime";
import { eventually } from "@tightwire/testing";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import { expect, onTestFinished } from "vitest";

export type ServerOptions = NonNullable<Parameters<typeof wireServer>[0]>;
export type ClientOptions = NonNullable<Parameters<typeof wireClient>[0]>;

const OK: FinalStatus = { code: StatusNumber.OK, message: "", trailers: undefined };
export const MIB: number = 1024 * 1024;

/** A call below the API, as a server of these tests saw it. */
export interface SeenCall {
  readonly call: IncomingCall;
  readonly messages: Buffer[];
  halfClosed: boolean;
  cancelled: Status | undefined;
  settled: boolean;
}

/** How a path behaves; what is not here is UNIMPLEMENTED. */
export type Behaviour = (seen: SeenCall) => Partial<IncomingSink>;

/**
 * What servers of these tests do: `/t/Echo` responds to its first message, `/t/Hold` reads and
 * never responds, `/t/Stuck` is the same and its handler does not end when it is cancelled,
 * `/t/Deaf` does not even read, `/t/Early` responds at once, `/t/Large` responds with a MiB,
 * `/t/Endless` streams for ever, `/t/Chunks` does so with messages of a MiB.
 */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "/t/Echo": ({ call, messages }) => ({
    start: () => call.pull(2),
    halfClosed() {
      call.respond(undefined, messages[0] ?? new Uint8Array(), undefined, false);
      call.handlerFinished();
    },
  }),
  "/t/Hold": ({ call }) => ({
    start: () => call.pull(1_000_000),
    cancelled: () => call.handlerFinished(),
  }),
  "/t/Stuck": ({ call }) => ({ start: () => call.pull(1_000_000) }),
  "/t/Deaf": ({ call }) => ({ cancelled: () => call.handlerFinished() }),
  "/t/Early": ({ call }) => ({
    start() {
      call.finish(OK);
      call.handlerFinished();
    },
  }),
  "/t/Large": ({ call }) => ({
    start: () => call.pull(2),
    halfClosed() {
      call.respond(undefined, new Uint8Array(MIB), undefined, false);
      call.handlerFinished();
    },
  }),
  "/t/Endless": streamForEver(16 * 1024),
  "/t/Chunks": streamForEver(MIB),
};

function streamForEver(bytes: number): Behaviour {
  return ({ call }) => {
    const write = (): void => {
      while (call.write(new Uint8Array(bytes), false));
    };
    return {
      start: () => call.pull(1),
      halfClosed: write,
      drained: write,
      cancelled: () => call.handlerFinished(),
    };
  };
}

/** A server of these tests. */
export interface WireServer {
  readonly address: string;
  readonly listener: Listener;
  /** Every call that reached a handler, in order. */
  readonly calls: readonly SeenCall[];
  /** Makes a call beside whatever goes on, on a connection of its own. */
  neighbour(): Promise<void>;
}

/** Serves with the wire; closed when the test has finished. */
export async function serve(
  options: ServerOptions = {},
  behaviours: Readonly<Record<string, Behaviour>> = {},
  {
    maxMessageBytes = 4 * MIB,
    client = {},
  }: { maxMessageBytes?: number; client?: ClientOptions } = {},
): Promise<WireServer> {
  const calls: SeenCall[] = [];
  const acceptor: Acceptor = {
    ...SYSTEM,
    maxMessageBytes,
    open(call) {
      if (call.fault !== undefined)
        return { kind: "refused", status: { ...call.fault, trailers: undefined } };
      const behaviour = behaviours[call.path] ?? BEHAVIOURS[call.path];
      if (behaviour === undefined)
        return {
          kind: "refused",
          status: {
            code: StatusNumber.UNIMPLEMENTED,
            message: `unknown service: ${call.path}`,
            trailers: undefined,
          },
        };
      const seen: SeenCall = {
        call,
        messages: [],
        halfClosed: false,
        cancelled: undefined,
        settled: false,
      };
      calls.push(seen);
      const sink = behaviour(seen);
      return {
        kind: "accepted",
        start: () => sink.start?.(),
        message(bytes, compressed) {
          seen.messages.push(Buffer.from(bytes));
          sink.message?.(bytes, compressed);
        },
        awaits: (ended) => sink.awaits?.(ended) ?? true,
        halfClosed() {
          seen.halfClosed = true;
          sink.halfClosed?.();
        },
        drained: () => sink.drained?.(),
        cancelled(cause) {
          seen.cancelled = cause;
          sink.cancelled?.(cause);
        },
      };
    },
  };
  const listener = await wireServer(options).listen("127.0.0.1:0", acceptor);
  onTestFinished(() => listener.closeNow());
  return {
    address: listener.address,
    listener,
    calls,
    async neighbour() {
      const connection = await dial(listener.address, client);
      const { end, message } = await callUnary(connection, "/t/Echo", Buffer.from("neighbour"));
      expect([end.code, message?.toString()]).toEqual([StatusNumber.OK, "neighbour"]);
      await connection.close(0);
    },
  };
}

/** Connects with the wire; closed when the test has finished. */
export async function dial(
  address: string,
  options: ClientOptions = {},
  maxMessageBytes: number = 4 * MIB,
): Promise<Connection> {
  const connection = await wireClient(options).connect(
    { address, authority: address },
    { timeoutMs: 5_000, maxMessageBytes, ...SYSTEM },
  );
  onTestFinished(() => connection.close(0));
  return connection;
}

/** A call as a connection sends it. */
export function outgoing(path: string, more: Partial<OutgoingCall> = {}): OutgoingCall {
  return {
    path,
    metadata: new Metadata(),
    deadline: Number.POSITIVE_INFINITY,
    compress: false,
    previousAttempts: 0,
    ...more,
  };
}

/** How a unary call finished. */
export interface UnaryEnd {
  readonly end: Completion;
  readonly message: Buffer | undefined;
  readonly compressed: boolean | undefined;
}

/** Makes a unary call. */
export function callUnary(
  connection: Connection,
  path: string,
  bytes: Uint8Array = new Uint8Array(),
  more: Partial<OutgoingCall> = {},
): Promise<UnaryEnd> {
  return new Promise((resolve) => {
    connection.unary(outgoing(path, more), bytes, {
      finished: (end, message, compressed) =>
        resolve({
          end,
          message: message === undefined ? undefined : Buffer.from(message),
          compressed,
        }),
    });
  });
}

/** A streaming call, and what came of it so far. */
export interface StreamingCall {
  readonly handle: StreamHandle;
  readonly messages: readonly Buffer[];
  readonly end: Completion | undefined;
  readonly ends: number;
  done(): Promise<Completion>;
}

/** Makes a streaming call that reads `pull` messages. */
export function callStream(
  connection: Connection,
  path: string,
  pull = 1_000_000,
  more: Partial<OutgoingCall> = {},
  sink: Partial<ResponseSink> = {},
): StreamingCall {
  const messages: Buffer[] = [];
  let end: Completion | undefined;
  let ends = 0;
  const handle = connection.stream(outgoing(path, more), {
    headers: (metadata) => sink.headers?.(metadata),
    message(bytes, compressed) {
      messages.push(Buffer.from(bytes));
      sink.message?.(bytes, compressed);
    },
    drained: () => sink.drained?.(),
    finished(how) {
      end = how;
      ends++;
      sink.finished?.(how);
    },
  });
  handle.pull(pull);
  return {
    handle,
    messages,
    get end() {
      return end;
    },
    get ends() {
      return ends;
    },
    done: () =>
      eventually(() => {
        if (end === undefined) throw new Error("the call has not ended");
        return end;
      }),
  };
}

/** The most memory that the process takes until it is stopped, beyond what it took at first. */
export function watchMemory(): { stop(): number } {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      return peak - before;
    },
  };
}
