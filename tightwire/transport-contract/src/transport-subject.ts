import type { Capabilities, ClientTransport, Endpoint } from "@tightwire/core/runtime";
import type { Server } from "@tightwire/server";

/** Where a subject's server can be reached, and how. */
export interface SubjectListener {
  /** For `createChannel`. */
  readonly target: string;
  /** For the transport itself, where a test goes below channels. */
  readonly endpoint: Endpoint;
  /** The client's half. */
  readonly transport: ClientTransport;
}

/** A test of the suite that a transport does not pass yet. */
export interface KnownFailure {
  /** The full name of the test, as `area: test`. */
  readonly test: string;
  /** Why it fails; printed with the test. */
  readonly reason: string;
  /**
   * A race that the transport cannot decide: the test is run, and may pass or fail. Default false:
   * it must fail.
   */
  readonly sometimes?: boolean;
}

/** A transport as the contract suite needs it. */
export interface TransportSubject {
  readonly name: string;
  /**
   * Of both halves together. A test that needs what is false here is skipped, with the reason in
   * its name.
   */
  readonly capabilities: Capabilities;
  /** Whether a network lies between the two sides, so that inherited deadlines keep a reserve. */
  readonly hop: boolean;
  /** What `peer.identity` says of the client; undefined when it proves none. */
  readonly identity: string | undefined;
  /** Lets `server` listen at a free address. The suite stops the server. */
  listen(server: Server): Promise<SubjectListener>;
  /**
   * Checked in, and may only shrink: one that passes fails the suite (but see `sometimes`), and so
   * does one that names no test.
   */
  readonly knownFailures: readonly KnownFailure[];
}
