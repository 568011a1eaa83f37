/** Cells of the matrix that cannot pass, and why: checked in, and may only shrink. */
export interface KnownFailure {
  /** A transport or a foreign peer; undefined: any. */
  readonly client?: string;
  readonly server?: string;
  readonly cases: readonly string[];
  /** Printed with the cell. */
  readonly reason: string;
  /** What the message of the error says; any other error fails the tests. */
  readonly error: RegExp;
}

const CLIENT_COMPRESSED: readonly string[] = [
  "client_compressed_unary",
  "client_compressed_streaming",
];
const SERVER_COMPRESSED: readonly string[] = [
  "server_compressed_unary",
  "server_compressed_streaming",
];

/** The first response must come compressed, and is not seen to. */
const NOT_SEEN_COMPRESSED = /^whether (the response|response 1) came compressed/;
/** The probe: a request says that it comes compressed, does not, and is not refused. */
const NOT_REFUSED = /^the call did not fail/;

/** What cannot pass between which peers. */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    server: "grpc-js",
    client: "wire",
    cases: SERVER_COMPRESSED,
    reason: "a grpc-js server cannot compress responses (grpc-node#1823)",
    error: NOT_SEEN_COMPRESSED,
  },
  {
    client: "grpc-js",
    cases: SERVER_COMPRESSED,
    reason: "grpc-js does not tell its callers whether a response came compressed",
    error: NOT_SEEN_COMPRESSED,
  },
  {
    server: "Python (C-core)",
    cases: CLIENT_COMPRESSED,
    reason: "gRPC for Python does not tell its handlers whether a request came compressed",
    error: NOT_REFUSED,
  },
  {
    server: "Ruby (C-core, official programs)",
    cases: CLIENT_COMPRESSED,
    reason: "the official server for Ruby does not look at expect_compressed",
    error: NOT_REFUSED,
  },
  {
    server: "Ruby (C-core, official programs)",
    client: "wire",
    cases: SERVER_COMPRESSED,
    reason: "the official server for Ruby does not look at response_compressed",
    error: NOT_SEEN_COMPRESSED,
  },
];

/** The known failure of a cell; undefined when it has to pass. */
export function knownFailure(
  client: string,
  server: string,
  testCase: string,
): KnownFailure | undefined {
  const applies = ({ client: of = client, server: at = server, cases }: KnownFailure): boolean =>
    of === client && at === server && cases.includes(testCase);
  return KNOWN_FAILURES.find(applies);
}
