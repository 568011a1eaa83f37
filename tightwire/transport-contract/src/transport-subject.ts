import type { Capabilities, ClientTransport, Endpoint } from "@tightwire/core/runtime";
import type { Server } from "@tightwire/server";
import type { KnownFailure } from "./known-failure.js";

/** Where a subject's server can be reached, and how. */
export interface SubjectListener {
  /** For `createChannel`. */
  readonly target: string;
  /** For the transport itself, where a test goes below channels. */
  readonly endpoint: Endpoint;
  /** The client's half. */
  readonly transport: ClientTransport;
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
   * Tests that it does not pass yet. The list may only shrink: the suite fails for one that passes
   * (unless it is `sometimes`), that fails with another error, or that names no test.
   */
  readonly knownFailures: readonly KnownFailure[];
}
