import type { Endpoint } from "@tightwire/core/runtime";
import type { ByteConnection } from "../session/byte-connection.js";

/** Hears how opening a connection went: one of the two, once, later. */
export interface DialListener {
  opened(connection: ByteConnection): void;
  /** `why` is a sentence. After `opened` it is not called. */
  failed(why: string): void;
}

/** A connection that is being opened, or open. */
export interface Dialed {
  /** Whether calls are in flight. Without one it must not keep the process alive. */
  busy(busy: boolean): void;
  /** Closes it, or gives up opening it: its listener hears nothing more. */
  destroy(): void;
}

/** Opens a connection to an endpoint. */
export type Dial = (endpoint: Endpoint, listener: DialListener) => Dialed;
