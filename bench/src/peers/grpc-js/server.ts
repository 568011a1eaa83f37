import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
} from "@grpc/grpc-js";
import {
  BenchServiceService,
  type ChatRequest,
  type ChatResponse,
  type WatchRequest,
  type WatchResponse,
} from "../../gen/grpc-js/bench/v1/bench.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "../../sample.js";

/** A unary handler that may wait, as services have them: the least that grpc-js needs for it. */
function responding<Request, Response>(
  respond: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    respond(call.request).then((response) => callback(null, response), callback);
  };
}

/**
 * Writes until grpc-js has enough, and goes on when it wants more; a call that is cancelled never
 * does.
 */
const watch: handleServerStreamingCall<WatchRequest, WatchResponse> = (call) => {
  let sequence = 0;
  function tell(): void {
    while (sequence < call.request.count) {
      if (!call.write(sampleWatchResponse(sequence++))) return void call.once("drain", tell);
    }
    call.end();
  }
  tell();
};

const chat: handleBidiStreamingCall<ChatRequest, ChatResponse> = (call) => {
  call.on("data", ({ sequence, text }: ChatRequest) => call.write({ sequence, text }));
  call.on("end", () => call.end());
  call.on("error", () => {});
};

/** Bare grpc-js with ts-proto's own service definition, all options as they come. */
export async function startServer(): Promise<string> {
  const server = new Server();
  server.addService(BenchServiceService, {
    get: responding(async ({ id }: { id: string }) => sampleGetResponse(id)),
    list: responding(async ({ pageSize }: { pageSize: number }) => sampleListResponse(pageSize)),
    watch,
    chat,
  });
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(`127.0.0.1:${port}`);
      else reject(error);
    });
  });
}
