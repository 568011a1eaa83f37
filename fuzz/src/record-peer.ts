import type { CallKind } from "./input.js";
import type { Scene } from "./record-scenes.js";

/** A server that responds to each message with itself, under `/fuzz.Fuzz/<kind>`. */
export interface RecordedServer {
  readonly address: string;
  /** Goes away: takes no new calls. */
  drain(): void;
  close(): Promise<void>;
}

/**
 * Makes the calls of a scene one after another over one connection; `midCall` is awaited in the
 * middle of the last one.
 */
export type RecordedClient = (
  address: string,
  scene: Scene,
  midCall: () => Promise<void>,
) => Promise<void>;

/** The messages that a client sends in a call of this kind. */
export function requestsOf(kind: CallKind, { messageBytes }: Scene): Buffer[] {
  return Array.from({ length: kind === "clientStream" || kind === "bidiStream" ? 2 : 1 }, (_, at) =>
    Buffer.alloc(messageBytes, 0x61 + at),
  );
}

/** Whether its response is one message. */
export function hasOneResponse(kind: CallKind): boolean {
  return kind === "unary" || kind === "clientStream";
}
