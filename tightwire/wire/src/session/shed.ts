import type { Outcome } from "@tightwire/core";
import { type Status, StatusNumber } from "@tightwire/core/runtime";
import { ErrorCode } from "../frames/protocol.js";

const SHED: Status = {
  code: StatusNumber.RESOURCE_EXHAUSTED,
  message: "the process holds too much for its peers, and most for this connection",
};

/** A stream that may hold memory. */
export interface SheddableStream {
  readonly heldBytes: number;
  readonly owner: { failed(status: Status, outcome: Outcome): void };
}

/** The connection that has to give up memory. */
export interface SheddingSession<S extends SheddableStream> {
  readonly account: { readonly heldBytes: number };
  readonly streams: { all(): S[]; reset(stream: S, code: number): void };
  transportClosed(message: string): void;
}

/**
 * Frees at least so many bytes of a connection by failing the calls that hold most. When no call
 * holds anything, what waits for the socket does: then the connection is closed. Callers see
 * RESOURCE_EXHAUSTED, which is what gRPC makes of ENHANCE_YOUR_CALM.
 */
export function shed<S extends SheddableStream>(session: SheddingSession<S>, bytes: number): void {
  const { account, streams } = session;
  const before = account.heldBytes;
  const holding = streams.all().filter((stream) => stream.heldBytes > 0);
  holding.sort((one, other) => other.heldBytes - one.heldBytes);
  for (const stream of holding) {
    if (account.heldBytes <= before - bytes) return;
    streams.reset(stream, ErrorCode.ENHANCE_YOUR_CALM);
    stream.owner.failed(SHED, "unknown");
  }
  if (account.heldBytes >= before)
    session.transportClosed("the connection was closed: it holds more memory than any other");
}
