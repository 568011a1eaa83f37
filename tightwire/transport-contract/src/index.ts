export type { BookedCall } from "./call-books.js";
export { CallBooks } from "./call-books.js";
export {
  BidiStreamRequest,
  BidiStreamResponse,
  ClientStreamRequest,
  ClientStreamResponse,
  ServerStreamIdleRequest,
  ServerStreamIdleResponse,
  ServerStreamRequest,
  ServerStreamResponse,
  UnaryReadOnlyRequest,
  UnaryReadOnlyResponse,
  UnaryRequest,
  UnaryResponse,
  UnaryWithTimeoutRequest,
  UnaryWithTimeoutResponse,
} from "./gen/tightwire/testing/v1/test.js";
export type { TestClient, TestHandlers } from "./gen/tightwire/testing/v1/test.service.js";
export { TestService } from "./gen/tightwire/testing/v1/test.service.js";
export type { ExpectedFailure, KnownFailure } from "./known-failure.js";
export type { TestMessage } from "./test-messages.js";
export { testMessage } from "./test-messages.js";
export { describeTransportContract } from "./transport-contract.js";
export type { SubjectListener, TransportSubject } from "./transport-subject.js";
