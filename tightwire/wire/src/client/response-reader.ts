import type { Metadata } from "@tightwire/core";
import type { Completion } from "@tightwire/core/runtime";

/** Hears the response of a call. */
export interface ResponseReader {
  /** The head of the response; undefined without metadata. */
  headers(metadata: Metadata | undefined): void;
  /** A message, in borrowed bytes. Returns why it is not allowed; undefined when it is. */
  message(bytes: Uint8Array, compressed: boolean): string | undefined;
  /** Whether it keeps messages until the call has finished. */
  readonly keeps: boolean;
  /** Whether somebody waits for the next message; `ended`: the response is complete. */
  awaits(ended: boolean): boolean;
  /** Writing may go on. */
  drained(): void;
  /** The call finished; told once. */
  finished(end: Completion): void;
}
