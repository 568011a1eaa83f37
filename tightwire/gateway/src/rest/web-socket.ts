import type { CallOptions, RpcError } from "@tightwire/core";
import { statusNumber } from "@tightwire/core/runtime";
import type { Route } from "@tightwire/routes";
import type { RawData, WebSocket } from "ws";
import {
  type Backend,
  callsTo,
  type ManyToMany,
  type ManyToOne,
  type OneToMany,
} from "../backend.js";
import { asRpcError, statusJson } from "../http/error-answer.js";
import { HttpError } from "../http/http-error.js";
import type { Match } from "../http/router.js";
import type { JsonSettings } from "../json/message-json.js";
import { createRequestReader } from "./request-reader.js";
import { createResponseWriter } from "./response-writer.js";

/** A request to open a WebSocket that a route was found for. */
export interface SocketExchange {
  readonly match: Match<unknown>;
  readonly query: string;
  readonly options: CallOptions;
}

/** Carries a streaming call over a WebSocket. */
export interface SocketEndpoint {
  /**
   * Reads what path and query say, before the WebSocket is opened. Throws a 400. Returns what then
   * carries the call; it never rejects.
   */
  prepare(exchange: SocketExchange): (socket: WebSocket) => Promise<void>;
}

/**
 * WebSocket close codes of calls that failed: this and the number of the status. Source: RFC 6455,
 * section 7.4.2, "4000-4999".
 */
const FAILED = 4_000;
const ENDED = 1_000;
const MOST_REASON_BYTES = 123;
/** A reader that is so far behind is waited for. */
const MOST_BUFFERED = 64 * 1024;
/** So many messages wait to be read by the service before the socket is no longer read. */
const MOST_WAITING = 16;

/**
 * Carries the streaming calls of a route. Each text frame of the client is a request as JSON, and
 * an empty one says that there are no more; each frame of the gateway is `{"result":…}`, or
 * `{"error":…}` as the last one. It is closed with 1000 when the call ended well, else with 4000
 * and the number of the status. Undefined for unary methods, which have no use for it.
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
      // A stream of answers whose request is all in the URL begins by itself.
      const whole =
        kind === "server_streaming" && route.body === "none"
          ? reader.read(match, query, undefined)
          : undefined;
      const read = whole === undefined ? reader.readOneOf(match, query) : undefined;
      return async (socket) => {
        const requests = read === undefined ? one(whole as Uint8Array) : readFrames(socket, read);
        await carry(socket, start(requests, gone(socket, options)), settings);
      };
    },
  };
}

type Start = (requests: AsyncGenerator<Uint8Array>, options: CallOptions) => AsyncIterable<string>;

/** Each kind of streaming call as one from many requests to many answers. */
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
      throw new HttpError("invalid_argument", "the call was ended before its request came");
    yield* call(value, options);
  };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The call's options, cancelled when the socket is closed before its end. */
function gone(socket: WebSocket, options: CallOptions): CallOptions {
  const controller = new AbortController();
  socket.once("close", () => controller.abort(new Error("the client is gone")));
  return { ...options, signal: controller.signal };
}

async function carry(
  socket: WebSocket,
  answers: AsyncIterable<string>,
  settings: JsonSettings,
): Promise<void> {
  try {
    for await (const json of answers) {
      if (socket.readyState !== socket.OPEN) return;
      await send(socket, `{"result":${json}}`);
    }
    socket.close(ENDED);
  } catch (thrown) {
    const error = asRpcError(thrown);
    if (socket.readyState !== socket.OPEN) return;
    socket.send(`{"error":${JSON.stringify(statusJson(error, settings.registry))}}`);
    socket.close(FAILED + statusNumber(error.code), reasonOf(error));
  }
}

/** The text of a status, cut to what a close frame holds. */
function reasonOf({ message }: RpcError): string {
  let text = message;
  while (Buffer.byteLength(text) > MOST_REASON_BYTES)
    text = text
      .slice(0, Math.min(text.length - 1, MOST_REASON_BYTES))
      .replace(/[\uD800-\uDBFF]$/, "");
  return text;
}

/** Resolves when there is room for more. */
function send(socket: WebSocket, text: string): Promise<void> | undefined {
  if (socket.bufferedAmount < MOST_BUFFERED) {
    socket.send(text);
    return undefined;
  }
  return new Promise((resolve) => socket.send(text, () => resolve()));
}

/**
 * The requests in the frames of a client, in order; the socket is not read while many of them wait.
 */
async function* readFrames(
  socket: WebSocket,
  read: (text: string) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  const waiting: string[] = [];
  let over = false;
  let fault: HttpError | undefined;
  let wake = (): void => {};
  socket.on("message", (data: RawData, binary: boolean) => {
    if (over) return;
    if (binary)
      fault = new HttpError(
        "invalid_argument",
        "requests are text frames with JSON, and this one is binary",
      );
    const text = binary ? "" : String(data);
    if (text === "") over = true;
    else waiting.push(text);
    if (waiting.length >= MOST_WAITING) socket.pause();
    wake();
  });
  socket.once("close", () => {
    over = true;
    wake();
  });
  while (true) {
    const text = waiting.shift();
    if (text !== undefined) {
      if (socket.isPaused && waiting.length < MOST_WAITING) socket.resume();
      yield read(text);
    } else if (over) {
      if (fault !== undefined) throw fault;
      return;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}
