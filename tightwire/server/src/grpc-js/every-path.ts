import type { Server } from "@grpc/grpc-js";

/** What grpc-js needs to know of a method: the kind that fits all four, and bytes as they are. */
interface RawHandler {
  readonly func: () => void;
  readonly serialize: (bytes: Buffer) => Buffer;
  readonly deserialize: (bytes: Buffer) => Buffer;
  readonly type: "bidi";
  readonly path: string;
}

function rawHandler(path: string): RawHandler {
  return { func: unreachable, serialize: unchanged, deserialize: unchanged, type: "bidi", path };
}

const unchanged = (bytes: Buffer): Buffer => bytes;

/** Never called: an interceptor takes every call over. */
function unreachable(): void {}

class EveryPath extends Map<string, RawHandler> {
  override get(path: string): RawHandler {
    return super.get(path) ?? rawHandler(path);
  }
}

/**
 * Lets a grpc-js server take calls of every path. grpc-js keeps its handlers in a map by path and
 * refuses unknown paths itself, before any interceptor. This replaces the map, which is private, by
 * one that knows every path, so that the acceptor decides on all calls. Should a version of grpc-js
 * keep its handlers elsewhere, the contract suite's test of unknown methods fails.
 */
export function acceptEveryPath(server: Server): void {
  (server as unknown as { handlers: Map<string, RawHandler> }).handlers = new EveryPath();
}
