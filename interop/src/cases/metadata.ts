import assert from "node:assert/strict";
import type { CallOptions, Metadata } from "@tightwire/core";
import { ECHO_INITIAL_KEY, ECHO_TRAILING_KEY } from "../echo.js";
import { assertZeros, zeros } from "../payload.js";
import type { CaseContext } from "../test-case.js";
import { callLarge, LARGE_REQUEST, LARGE_RESPONSE } from "./unary.js";

const INITIAL = "test_initial_metadata_value";
const TRAILING: Uint8Array = new Uint8Array([0xab, 0xab, 0xab]);

/** What a call heard of its response beside the messages. */
interface Heard {
  readonly options: CallOptions;
  assertEchoed(): void;
}

/** Metadata that comes back with the head and at the end, of a unary call and of a stream. */
export async function customMetadata({ clients }: CaseContext): Promise<void> {
  const unary = listen();
  await callLarge(clients.test, unary.options);
  unary.assertEchoed();

  const duplex = listen();
  const request = { responseParameters: [{ size: LARGE_RESPONSE }], payload: zeros(LARGE_REQUEST) };
  for await (const response of clients.test.fullDuplexCall([request], duplex.options))
    assertZeros(response, LARGE_RESPONSE);
  duplex.assertEchoed();
}

function listen(): Heard {
  let headers: Metadata | undefined;
  let trailers: Metadata | undefined;
  return {
    options: {
      metadata: { [ECHO_INITIAL_KEY]: INITIAL, [ECHO_TRAILING_KEY]: TRAILING },
      onHeaders: (received) => {
        headers = received;
      },
      onTrailers: (received) => {
        trailers = received;
      },
    },
    assertEchoed() {
      assert.equal(
        headers?.get(ECHO_INITIAL_KEY),
        INITIAL,
        `${ECHO_INITIAL_KEY} in the head of the response`,
      );
      assert.deepEqual(
        asBytes(trailers?.getBinary(ECHO_TRAILING_KEY)),
        TRAILING,
        `${ECHO_TRAILING_KEY} at the end of the response`,
      );
    },
  };
}

/** Without being a Buffer, which equals no plain array. */
function asBytes(value: Uint8Array | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : new Uint8Array(value);
}
