import type { Server, ServerInterceptingCallInterface } from "@grpc/grpc-js";

type StreamHandler = (
  interceptors: unknown,
  stream: object,
  headers: Record<string, unknown>,
) => void;

/**
 * Reads `grpc-timeout` in grpc-js's place, which finds a time in the middle of any text (`-1S` is a
 * second) and cuts its milliseconds to 32 bits (30 days end a call at once). The header is taken
 * away before grpc-js sees it; the server above keeps the deadline. Returns the header of a call.
 * That reaches into grpc-js and into nothing else: a test with a raw peer sends such headers.
 */
export function takeTimeouts(
  server: Server,
): (call: ServerInterceptingCallInterface) => string | undefined {
  const taken = new WeakMap<object, string>();
  const open = server as unknown as { _streamHandler: StreamHandler };
  const original = open._streamHandler;
  open._streamHandler = function (this: unknown, interceptors, stream, headers) {
    const header = headers["grpc-timeout"];
    if (header !== undefined) {
      taken.set(stream, String(header));
      delete headers["grpc-timeout"];
    }
    original.call(this, interceptors, stream, headers);
  };
  return (call) => taken.get((call as unknown as { stream: object }).stream);
}
