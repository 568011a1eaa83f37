import type { StartedCall, UnaryCaller } from "@tightwire/client/runtime";
import type { Route } from "@tightwire/contract";
import { detach } from "@tightwire/core";
import {
  type Backend,
  callsTo,
  type ManyToMany,
  type ManyToOne,
  type OneToMany,
  unaryTo,
} from "../backend.js";
import { cancelWhenGone, forgetCall } from "../http/client-gone.js";
import { asRpcError, errorResponse, statusJson } from "../http/error-response.js";
import {
  callOptions,
  type Endpoint,
  type RoutedExchange,
  sendBody,
  sendErrorResponse,
  streamOf,
  unaryOptions,
} from "../http/exchange.js";
import { readLines } from "../http/lines.js";
import { type StreamedResponse, sendStream } from "../http/streamed-response.js";
import type { JsonSettings } from "../json/message-json.js";
import { createRequestReader, type RequestBody, type RequestReader } from "./request-reader.js";
import { createResponseWriter, type ResponseBody } from "./response-writer.js";
import { formatFor, LINES } from "./stream-format.js";

/** Makes the endpoint of a route. Only this function distinguishes the four kinds of call. */
export function createRestEndpoint(
  route: Route,
  backend: Backend,
  settings: JsonSettings,
): Endpoint<RoutedExchange> {
  const reader = createRequestReader(route, settings);
  const writer = createResponseWriter(route, settings);
  const contentOf = (bytes: Uint8Array): string => String(writer(bytes).content);
  switch (route.method.methodKind) {
    case "unary": {
      const call = unaryTo(backend, writer);
      return { handle: (exchange) => callUnary(exchange, call, readRequest(reader, exchange)) };
    }
    case "server_streaming": {
      const call = callsTo<string, OneToMany<string>>(backend, contentOf);
      return {
        handle: (exchange) =>
          sendResponses(
            exchange,
            call(readRequest(reader, exchange), callOptions(exchange)),
            settings,
          ),
      };
    }
    case "client_streaming": {
      const call = callsTo<ResponseBody, ManyToOne<ResponseBody>>(backend, writer);
      return {
        readsBody: true,
        handle: (exchange) =>
          readOn(exchange, async () =>
            sendResponse(
              exchange,
              await call(readRequests(reader, exchange), callOptions(exchange)),
            ),
          ),
      };
    }
    case "bidi_streaming": {
      const call = callsTo<string, ManyToMany<string>>(backend, contentOf);
      return {
        readsBody: true,
        handle: (exchange) =>
          readOn(exchange, () =>
            sendResponses(
              exchange,
              call(readRequests(reader, exchange), callOptions(exchange)),
              settings,
            ),
          ),
      };
    }
  }
}

/**
 * Drops the requests that still arrive after the response of a call: the connection's next request
 * follows them.
 */
async function readOn({ request }: RoutedExchange, respond: () => Promise<void>): Promise<void> {
  try {
    await respond();
  } finally {
    request.resume();
  }
}

function readRequest(
  reader: RequestReader,
  { request, match, query, body }: RoutedExchange,
): Uint8Array {
  const given: RequestBody | undefined = body && {
    bytes: body,
    contentType: request.headers["content-type"] ?? "",
  };
  return reader.read(match, query, given);
}

/** Reads a request out of each line of the body. */
function readRequests(
  reader: RequestReader,
  { request, match, query, settings }: RoutedExchange,
): AsyncIterable<Uint8Array> {
  const body = streamOf(request, LINES);
  const read = reader.readOneOf(match, query);
  return (async function* () {
    for await (const line of readLines(body, settings.maxMessageBytes)) yield read(line);
  })();
}

/** Makes a unary call without a promise or a signal: most requests are unary. */
function callUnary(
  exchange: RoutedExchange,
  call: UnaryCaller<Uint8Array, ResponseBody>,
  request: Uint8Array,
): void {
  const { socket } = exchange.request;
  let finished = false;
  let started: StartedCall | undefined;
  started = call(request, unaryOptions(exchange), (error, body) => {
    finished = true;
    if (started !== undefined) forgetCall(socket, started);
    // Detached: else the connection's next timer would keep this call and its messages alive.
    detach(() => {
      try {
        if (error !== undefined) throw error;
        sendResponse(exchange, body as ResponseBody);
      } catch (thrown) {
        exchange.fail(thrown);
      }
    });
  });
  if (!finished) cancelWhenGone(socket, started);
}

function sendResponse({ response }: RoutedExchange, { contentType, content }: ResponseBody): void {
  sendBody(response, contentType, content);
}

async function sendResponses(
  exchange: RoutedExchange,
  messages: AsyncIterableIterator<string>,
  settings: JsonSettings,
): Promise<void> {
  const {
    request,
    response,
    settings: { clock },
  } = exchange;
  const format = formatFor(request.headers.accept);
  try {
    const streamed: StreamedResponse<string> = {
      status: 200,
      headers: format.headers,
      part: (json) => format.message(json),
      end: () => format.end,
      failed: (error) =>
        format.failed(JSON.stringify(statusJson(asRpcError(error), settings.registry))),
      failsWhole: true,
    };
    await sendStream(response, messages, streamed, clock);
  } catch (error) {
    sendErrorResponse(
      response,
      errorResponse(asRpcError(error), request.headers.accept, settings.registry),
    );
  }
}
