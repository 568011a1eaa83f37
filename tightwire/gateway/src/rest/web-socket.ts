import type { Route } from "@tightwire/contract";
import type { CallOptions, RpcError } from "@tightwire/core";
import { statusNumber } from "@tightwire/core/runtime";
import {
  type Backend,
  callsTo,
  type ManyToMany,
  type ManyToOne,
  type OneToMany,
} from "../backend.js";
import { asRpcError, statusJson } from "../http/error-response.js";
import { HttpError } from "../http/http-error.js";
import type { Match } from "../http/router.js";
import type { JsonSettings } from "../json/message-json.js";
import { createRequestReader } from "./request-reader.js";
import { createResponseWriter } from "./response-writer.js";

/** A request to open a WebSocket that matched a route. */
export interface SocketExchange {
  readonly match: Match<unknown>;
  readonly query: string;
  readonly options: CallOptions;
}

/**
 * What a call needs of an opened WebSocket of `ws`. Written here because the package's types are
 * not installed with the gateway, and its own must compile without them.
 */
export interface OpenedSocket {
  readonly OPEN: number;
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly isPaused: boolean;
  on(event: "message", listener: (data: { toString(): string }, binary: boolean) => void): unknown;
  once(event: "close", listener: () => void): unknown;
  send(text: string, sent?: () => void): void;
  close(code: number, reason?: string): void;
  pause(): void;
  resume(): void;
}

/** Carries a streaming call over a WebSocket. */
export interface SocketEndpoint {
  /**
   * Reads path and query before the WebSocket is opened. Throws a 400 when they are invalid. The
   * returned function carries the call over the opened WebSocket, and never rejects.
   */
  prepare(exchange: SocketExchange): (socket: OpenedSocket) => Promise<void>;
}

/**
 * The WebSocket close code of a call that failed is this plus the number of its status. Source: RFC
 * 6455, section 7.4.2, "4000-4999".
 */
const FAILED = 4_000;
const SUCCEEDED = 1_000;
const MAX_REASON_BYTES = 123;
/** With more unsent bytes than this, sending waits for the client. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** With this many messages that the service has not read, the socket is paused. */
const MAX_WAITING = 16;

/**
 * Makes the WebSocket endpoint of a route. Each text frame of the client is a request as JSON; an
 * empty one ends the requests. Each frame of the gateway is `{"result":…}`; `{"error":…}` is the
 * last frame of a call that failed. The WebSocket is closed with 1000 when the call succeeded, else
 * with 4000 plus the number of the status. Undefined for unary methods, which do not need it.
 */
export function createSocketEndpoint(
  route: Route,
  backend: Backend,
  settings: JsonSettings,
): SocketEndpoint | undefined {
  const kind = route.method.methodKind;
  if (kind === "unary") return undefined;
  const reader = createRequestReader(route, settings);
  const writer = createResponseWriter(route, settings);
  const write = (bytes: Uint8Array): string => String(writer(bytes).content);
  const start = startCalls(backend, kind, write);
  return {
    prepare({ match, query, options }) {
      // A server-streaming call whose request is in the URL starts without a frame.
      const whole =
        kind === "server_streaming" && route.body === "none"
          ? reader.read(match, query, undefined)
          : undefined;
      const read = whole === undefined ? reader.readOneOf(match, query) : undefined;
      return async (socket) => {
        const requests = read === undefined ? one(whole as Uint8Array) : readFrames(socket, read);
        await carry(socket, start(requests, cancelOnClose(socket, options)), settings);
      };
    },
  };
}

type Start = (requests: AsyncGenerator<Uint8Array>, options: CallOptions) => AsyncIterable<string>;

/** Makes each kind of streaming call take and return streams. */
function startCalls(
  backend: Backend,
  kind: Exclude<Route["method"]["methodKind"], "unary">,
  write: (bytes: Uint8Array) => string,
): Start {
  if (kind === "bidi_streaming") return callsTo<string, ManyToMany<string>>(backend, write);
  if (kind === "client_streaming") {
    const call = callsTo<string, ManyToOne<string>>(backend, write);
    return async function* (requests, options) {
      yield await call(requests, options);
    };
  }
  const call = callsTo<string, OneToMany<string>>(backend, write);
  return async function* (requests, options) {
    const { value, done } = await requests.next();
    if (done === true)
      throw new HttpError("invalid_argument", "the requests ended before the first one");
    yield* call(value, options);
  };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The call's options, with a signal that cancels it when the socket closes. */
function cancelOnClose(socket: OpenedSocket, options: CallOptions): CallOptions {
  const controller = new AbortController();
  socket.once("close", () => controller.abort(new Error("the client closed the connection")));
  return { ...options, signal: controller.signal };
}

async function carry(
  socket: OpenedSocket,
  responses: AsyncIterable<string>,
  settings: JsonSettings,
): Promise<void> {
  try {
    for await (const json of responses) {
      if (socket.readyState !== socket.OPEN) return;
      await send(socket, `{"result":${json}}`);
    }
    socket.close(SUCCEEDED);
  } catch (thrown) {
    const error = asRpcError(thrown);
    if (socket.readyState !== socket.OPEN) return;
    socket.send(`{"error":${JSON.stringify(statusJson(error, settings.registry))}}`);
    socket.close(FAILED + statusNumber(error.code), reasonOf(error));
  }
}

/** The message of a status, cut to the limit of a close frame. */
function reasonOf({ message }: RpcError): string {
  let text = message;
  while (Buffer.byteLength(text) > MAX_REASON_BYTES)
    text = text
      .slice(0, Math.min(text.length - 1, MAX_REASON_BYTES))
      .replace(/[\uD800-\uDBFF]$/, "");
  return text;
}

/** Sends a frame. Resolves when the socket can take more. */
function send(socket: OpenedSocket, text: string): Promise<void> | undefined {
  if (socket.bufferedAmount < MAX_BUFFERED_BYTES) {
    socket.send(text);
    return undefined;
  }
  return new Promise((resolve) => socket.send(text, () => resolve()));
}

/**
 * Reads the requests in a client's frames, in order. Pauses the socket while many of them wait.
 */
async function* readFrames(
  socket: OpenedSocket,
  read: (text: string) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  const waiting: string[] = [];
  let ended = false;
  let fault: HttpError | undefined;
  let wake = (): void => {};
  socket.on("message", (data, binary) => {
    if (ended) return;
    if (binary)
      fault = new HttpError(
        "invalid_argument",
        "requests must be text frames with JSON (got a binary frame)",
      );
    const text = binary ? "" : String(data);
    if (text === "") ended = true;
    else waiting.push(text);
    if (waiting.length >= MAX_WAITING) socket.pause();
    wake();
  });
  socket.once("close", () => {
    ended = true;
    wake();
  });
  while (true) {
    const text = waiting.shift();
    if (text !== undefined) {
      if (socket.isPaused && waiting.length < MAX_WAITING) socket.resume();
      yield read(text);
    } else if (ended) {
      if (fault !== undefined) throw fault;
      return;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}
