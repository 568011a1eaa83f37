import { setTimeout as sleep } from "node:timers/promises";
import { RpcError, type ServerCall } from "@tightwire/core";
import { implement } from "@tightwire/server";
import { echoMetadata, echoStatus } from "./echo.js";
import type { Empty } from "./gen/grpc/testing/empty.js";
import {
  type Payload,
  PayloadType,
  type SimpleRequest,
  type SimpleResponse,
  type StreamingInputCallRequest,
  type StreamingInputCallResponse,
  type StreamingOutputCallRequest,
  type StreamingOutputCallResponse,
} from "./gen/grpc/testing/messages.js";
import { type TestHandlers, TestService } from "./gen/grpc/testing/test.service.js";
import { zeros } from "./payload.js";
import { createCompressionCheck } from "./request-compression.js";

/**
 * The server's side of the interoperability tests. Source: gRPC's interop-test-descriptions.md,
 * "Server".
 */
export const testService: TestHandlers = implement(TestService, {
  async emptyCall(): Promise<Empty> {
    return {};
  },

  async unaryCall(request: SimpleRequest, call: ServerCall): Promise<SimpleResponse> {
    createCompressionCheck(call)(request.expectCompressed);
    echoMetadata(call);
    echoStatus(request.responseStatus);
    call.compress = request.responseCompressed?.value ?? false;
    return {
      payload: payloadOf(request.responseType, request.responseSize),
      username: "",
      oauthScope: "",
    };
  },

  async cacheableUnaryCall(_request: SimpleRequest, call: ServerCall): Promise<SimpleResponse> {
    call.headers.set("cache-control", "max-age=60, public");
    const now = Buffer.from(String(process.hrtime.bigint()));
    return { payload: { type: PayloadType.COMPRESSABLE, body: now }, username: "", oauthScope: "" };
  },

  async streamingInputCall(
    requests: AsyncIterable<StreamingInputCallRequest>,
    call: ServerCall,
  ): Promise<StreamingInputCallResponse> {
    const checkCompression = createCompressionCheck(call);
    let aggregatedPayloadSize = 0;
    for await (const request of requests) {
      checkCompression(request.expectCompressed);
      aggregatedPayloadSize += request.payload?.body.length ?? 0;
    }
    return { aggregatedPayloadSize };
  },

  async *streamingOutputCall(
    request: StreamingOutputCallRequest,
    call: ServerCall,
  ): AsyncGenerator<StreamingOutputCallResponse> {
    echoMetadata(call);
    echoStatus(request.responseStatus);
    yield* responses(request, call);
  },

  async *fullDuplexCall(
    requests: AsyncIterable<StreamingOutputCallRequest>,
    call: ServerCall,
  ): AsyncGenerator<StreamingOutputCallResponse> {
    echoMetadata(call);
    for await (const request of requests) {
      echoStatus(request.responseStatus);
      yield* responses(request, call);
    }
  },

  async *halfDuplexCall(
    requests: AsyncIterable<StreamingOutputCallRequest>,
    call: ServerCall,
  ): AsyncGenerator<StreamingOutputCallResponse> {
    echoMetadata(call);
    const all: StreamingOutputCallRequest[] = [];
    for await (const request of requests) all.push(request);
    for (const request of all) yield* responses(request, call);
  },

  async unimplementedCall(): Promise<Empty> {
    throw new RpcError("unimplemented", "the interoperability tests leave this method out");
  },
});

/** The responses that a request asks for, each compressed or not as it says. */
async function* responses(
  request: StreamingOutputCallRequest,
  call: ServerCall,
): AsyncGenerator<StreamingOutputCallResponse> {
  const { responseParameters, responseType } = request;
  // What is announced with the head holds for the whole response, whichever of its messages use it.
  call.compress = responseParameters.some(({ compressed }) => compressed?.value === true);
  if (call.compress) call.sendHeaders();
  for (const { size, intervalUs, compressed } of responseParameters) {
    if (intervalUs > 0) await sleep(intervalUs / 1_000, undefined, { signal: call.signal });
    call.compress = compressed?.value ?? false;
    yield { payload: payloadOf(responseType, size) };
  }
}

function payloadOf(type: PayloadType, size: number): Payload {
  if (type !== PayloadType.COMPRESSABLE)
    throw new RpcError("invalid_argument", `there is no payload type ${type}`);
  return zeros(size);
}
