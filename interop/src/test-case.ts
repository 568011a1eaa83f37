import type { ClientTransport } from "@tightwire/core/runtime";
import type { TestClient, UnimplementedClient } from "./gen/grpc/testing/test.service.js";

/** What a case calls. */
export interface CaseClients {
  readonly test: TestClient;
  readonly unimplemented: UnimplementedClient;
  /** Of each response message that came so far, in order: whether it came compressed. */
  readonly cameCompressed: readonly boolean[];
  close(): Promise<void>;
}

/** How long the soak cases go on, and what they take. */
export interface SoakSettings {
  readonly iterations: number;
  readonly maxFailures: number;
  readonly maxLatencyMs: number;
  /** From one call's begin to the next one's. */
  readonly minIntervalMs: number;
  readonly overallTimeoutMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** What a case may use. */
export interface CaseContext {
  /** Clients of one channel. */
  readonly clients: CaseClients;
  /** Clients of another channel, for the cases that make many. */
  open(): CaseClients;
  readonly soak: SoakSettings;
}

/**
 * One case: resolves when the peer passes, and rejects with an Error that says what it did instead.
 */
export type TestCase = (context: CaseContext) => Promise<void>;

/** Where a case is run. */
export interface CasePeer {
  /** `localhost:10000` */
  readonly target: string;
  transport(compression: boolean): ClientTransport;
}
