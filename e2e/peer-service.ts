import { badRequest, RpcError } from "@tightwire/core";
import { BadRequest } from "@tightwire/core/details";
import { encodeStatusDetails } from "@tightwire/core/runtime";
import {
  type TestClient,
  type TestHandlers,
  type TestMessage,
  testMessage,
} from "@tightwire/transport-contract";
import { readAll, rejectionOf } from "./pitfalls-stage.js";

/**
 * What calls of each kind, and calls that fail, bring about with a peer; as JSON, since some peers
 * are programs.
 */
export interface Exercise {
  readonly unary: number;
  readonly serverStream: readonly number[];
  readonly clientStream: number;
  readonly bidiStream: readonly number[];
  /** How many bytes of a megabyte came back as they were sent. */
  readonly echoed: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: string;
    readonly trace: string;
  };
  /** The code of a call whose deadline passes. */
  readonly late: string;
}

const FAILURE_TEXT = "größer als 100 %";
const FIELDS = { "lines[0].quantity": "must be at least 1" };
const TRACE: Uint8Array = Uint8Array.from([0, 127, 128, 255]);
/** The number of FAILED_PRECONDITION. */
const FAILED_PRECONDITION = 9;

/**
 * A `google.rpc.Status`, packed: what servers in other languages send as `grpc-status-details-bin`
 * because they are asked to.
 */
export const PACKED_STATUS: Uint8Array = encodeStatusDetails(FAILED_PRECONDITION, FAILURE_TEXT, [
  badRequest(FIELDS),
]);

/** What every exercise must come to. */
export const EXPECTED: Exercise = {
  unary: 42,
  serverStream: [0, 1, 2],
  clientStream: 3,
  bidiStream: [0, -1, -2],
  echoed: 1_000_000,
  error: {
    code: "failed_precondition",
    message: FAILURE_TEXT,
    details: Buffer.from(PACKED_STATUS).toString("base64"),
    trace: Buffer.from(TRACE).toString("base64"),
  },
  late: "deadline_exceeded",
};

/** What servers of these tests do; those in other languages do the same. */
export const PEER_HANDLERS: Partial<TestHandlers> = {
  async unary({ number, text, payload }, call) {
    if (text === "fail") {
      throw new RpcError("failed_precondition", FAILURE_TEXT, {
        details: [badRequest(FIELDS)],
        metadata: { "x-trace-bin": TRACE },
      });
    }
    if (text === "wait")
      await new Promise((resolve) =>
        call.signal.addEventListener("abort", resolve, { once: true }),
      );
    return testMessage({ number: number + 1n, payload });
  },
  async *serverStream({ number }) {
    for (let index = 0n; index < number; index++) yield testMessage({ number: index });
  },
  clientStream: async (requests) =>
    testMessage({ number: BigInt((await readAll(requests)).length) }),
  async *bidiStream(requests) {
    for await (const { number } of requests) yield testMessage({ number: -number });
  },
};

/** Makes all the calls with a client of this library. */
export async function exercise(client: TestClient): Promise<Exercise> {
  const numbers = (messages: readonly TestMessage[]): number[] =>
    messages.map(({ number }) => Number(number));
  const three = [0n, 1n, 2n].map((number) => ({ number }));
  const payload = new Uint8Array(1_000_000).fill(7);
  const error = await rejectionOf(client.unary({ text: "fail", payload: PACKED_STATUS }));
  const details =
    error
      .detail(BadRequest)
      ?.fieldViolations.map(({ field, description }) => [field, description]) ?? [];
  return {
    unary: Number((await client.unary({ number: 41n })).number),
    serverStream: numbers(await readAll(client.serverStream({ number: 3n }))),
    clientStream: Number((await client.clientStream(three)).number),
    bidiStream: numbers(await readAll(client.bidiStream(three))),
    echoed: (await client.unary({ payload })).payload.filter((byte) => byte === 7).length,
    error: {
      code: error.code,
      message: error.message,
      details: Buffer.from(
        encodeStatusDetails(FAILED_PRECONDITION, error.message, [
          badRequest(Object.fromEntries(details)),
        ]),
      ).toString("base64"),
      trace: Buffer.from(error.metadata.getBinary("x-trace-bin") ?? []).toString("base64"),
    },
    late: (await rejectionOf(client.unary({ text: "wait" }, { timeoutMs: 100 }))).code,
  };
}
