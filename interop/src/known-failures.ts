/** Cells of the matrix that cannot pass, and why: checked in, and may only shrink. */
export interface KnownFailure {
  /** A transport or a foreign peer; undefined: any. */
  readonly client?: string;
  readonly server?: string;
  readonly cases: readonly string[];
  /** Printed with the cell. */
  readonly reason: string;
}

const CLIENT_COMPRESSED: readonly string[] = [
  "client_compressed_unary",
  "client_compressed_streaming",
];
const SERVER_COMPRESSED: readonly string[] = [
  "server_compressed_unary",
  "server_compressed_streaming",
];

/** What cannot pass between which peers. */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    server: "grpc-js",
    client: "wire",
    cases: SERVER_COMPRESSED,
    reason: "a grpc-js server cannot compress answers (grpc-node#1823)",
  },
  {
    client: "grpc-js",
    cases: SERVER_COMPRESSED,
    reason: "grpc-js does not tell its callers whether an answer came compressed",
  },
  {
    server: "Python (C-core)",
    cases: CLIENT_COMPRESSED,
    reason: "gRPC for Python does not tell its handlers whether a request came compressed",
  },
  {
    server: "Ruby (C-core, official programs)",
    cases: CLIENT_COMPRESSED,
    reason: "the official server for Ruby does not look at expect_compressed",
  },
  {
    server: "Ruby (C-core, official programs)",
    client: "wire",
    cases: SERVER_COMPRESSED,
    reason: "the official server for Ruby does not look at response_compressed",
  },
];

/** Why a cell cannot pass; undefined when it has to. */
export function knownFailure(client: string, server: string, testCase: string): string | undefined {
  const applies = ({ client: of = client, server: at = server, cases }: KnownFailure): boolean =>
    of === client && at === server && cases.includes(testCase);
  return KNOWN_FAILURES.find(applies)?.reason;
}
