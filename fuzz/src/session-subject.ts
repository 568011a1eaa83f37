import type { CallKind } from "./input.js";

/** A session under test, with the application above it. */
export interface SessionSubject {
  readonly over: boolean;
  receive(bytes: Buffer): void;
  /** The transport is lost. */
  lost(): void;
  /** The application ends the session. */
  close(): void;
  /** The application does something that the number decides. */
  act(number: number): void;
  /** A client begins calls; a server has nothing to begin. */
  begin(calls: readonly CallKind[]): void;
  /** With no stream open, nothing may be held or counted. */
  auditRest(): void;
  /** Everything is over: every call has ended once, every counter is back at 0. */
  auditEnd(): void;
  /** What the calls heard, in order. */
  readonly log: readonly string[];
}
