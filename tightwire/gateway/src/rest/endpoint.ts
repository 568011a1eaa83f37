import type { StartedCall, UnaryCaller } from "@tightwire/client/runtime";
import { detach } from "@tightwire/core";
import type { Route } from "@tightwire/routes";
import {
  type Backend,
  callsTo,
  type ManyToMany,
  type ManyToOne,
  type OneToMany,
  unaryTo,
} from "../backend.js";
import { abortWhenGone, forgetCall } from "../http/client-gone.js";
import { asRpcError, errorAnswer, statusJson } from "../http/error-answer.js";
import {
  callOptions,
  type Endpoint,
  type RoutedExchange,
  sendBody,
  sendFailure,
  streamOf,
  unaryOptions,
} from "../http/exchange.js";
import { readLines } from "../http/lines.js";
import { answerInParts } from "../http/stream-answer.js";
import type { JsonSettings } from "../json/message-json.js";
import { createRequestReader, type RequestBody, type RequestReader } from "./request-reader.js";
import { createResponseWriter, type ResponseBody } from "./response-writer.js";
import { formatFor, LINES } from "./stream-format.js";

/** Answers the requests of a route. Here, and only here, the four kinds of call are told apart. */
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
      return { handle: (exchange) => answerUnary(exchange, call, readRequest(reader, exchange)) };
    }
    case "server_streaming": {
      const call = callsTo<string, OneToMany<string>>(backend, contentOf);
      return {
        handle: (exchange) =>
          answerStream(
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
            answer(exchange, await call(readRequests(reader, exchange), callOptions(exchange))),
          ),
      };
    }
    case "bidi_streaming": {
      const call = callsTo<string, ManyToMany<string>>(backend, contentOf);
      return {
        readsBody: true,
        handle: (exchange) =>
          readOn(exchange, () =>
            answerStream(
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
 * Drops what still comes of the requests of a call that was answered before their end: the
 * connection's next request stands behind it.
 */
async function readOn({ request }: RoutedExchange, answering: () => Promise<void>): Promise<void> {
  try {
    await answering();
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

/** A message out of each line of the body. */
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

/** No promise is made, nor a signal: this is what most requests are. */
function answerUnary(
  exchange: RoutedExchange,
  call: UnaryCaller<Uint8Array, ResponseBody>,
  request: Uint8Array,
): void {
  const { socket } = exchange.request;
  let over = false;
  let started: StartedCall | undefined;
  started = call(request, unaryOptions(exchange), (error, body) => {
    over = true;
    if (started !== undefined) forgetCall(socket, started);
    // Outside of the call, which the connection would keep alive with what it waits for next.
    detach(() => {
      try {
        if (error !== undefined) throw error;
        answer(exchange, body as ResponseBody);
      } catch (thrown) {
        exchange.fail(thrown);
      }
    });
  });
  if (!over) abortWhenGone(socket, started);
}

function answer({ response }: RoutedExchange, { contentType, content }: ResponseBody): void {
  sendBody(response, contentType, content);
}

async function answerStream(
  exchange: RoutedExchange,
  messages: AsyncIterableIterator<string>,
  settings: JsonSettings,
): Promise<void> {
  const { request, response } = exchange;
  const format = formatFor(request.headers.accept);
  try {
    await answerInParts(response, messages, {
      status: 200,
      headers: format.headers,
      part: (json) => format.message(json),
      end: () => format.end,
      failed: (error) =>
        format.failed(JSON.stringify(statusJson(asRpcError(error), settings.registry))),
      failsWhole: true,
    });
  } catch (error) {
    sendFailure(
      response,
      errorAnswer(asRpcError(error), request.headers.accept, settings.registry),
    );
  }
}
