import type { Server, ServerInterceptingCallInterface } from "@grpc/grpc-js";

type StreamHandler = (
  interceptors: unknown,
  stream: object,
  headers: Record<string, unknown>,
) => void;

/**
 * Takes `grpc-timeout` away before grpc-js sees it, because grpc-js reads it wrongly: it finds a
 * time in the middle of any text (`-1S` is a second) and cuts its milliseconds to 32 bits (30 days
 * end a call at once). The server above keeps the deadline. Returns a function that gives a call's
 * header. It replaces a private method of grpc-js; a test with a raw peer sends such headers.
 */
export function takeTimeouts(
  server: Server,
): (call: ServerInterceptingCallInterface) => string | undefined {
  const timeouts = new WeakMap<object, string>();
  const open = server as unknown as { _streamHandler: StreamHandler };
  const original = open._streamHandler;
  open._streamHandler = function (this: unknown, interceptors, stream, headers) {
    const header = headers["grpc-timeout"];
    if (header !== undefined) {
      timeouts.set(stream, String(header));
      delete headers["grpc-timeout"];
    }
    original.call(this, interceptors, stream, headers);
  };
  return (call) => timeouts.get((call as unknown as { stream: object }).stream);
}
