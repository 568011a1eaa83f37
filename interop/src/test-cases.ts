import {
  clientCompressedStreaming,
  clientCompressedStreamingNoProbe,
  clientCompressedUnary,
  clientCompressedUnaryNoProbe,
  serverCompressedStreaming,
  serverCompressedUnary,
} from "./cases/compression.js";
import {
  cancelAfterBegin,
  cancelAfterFirstResponse,
  timeoutOnSleepingServer,
} from "./cases/ending.js";
import { customMetadata } from "./cases/metadata.js";
import { channelSoak, rpcSoak } from "./cases/soak.js";
import {
  specialStatusMessage,
  statusCodeAndMessage,
  unimplementedMethod,
  unimplementedService,
} from "./cases/status.js";
import { clientStreaming, emptyStream, pingPong, serverStreaming } from "./cases/streaming.js";
import { emptyUnary, largeUnary } from "./cases/unary.js";
import type { TestCase } from "./test-case.js";

/** The cases, by the names that `--test_case` takes in every implementation. */
export const TEST_CASES: Readonly<Record<string, TestCase>> = {
  empty_unary: emptyUnary,
  large_unary: largeUnary,
  client_compressed_unary: clientCompressedUnary,
  client_compressed_unary_noprobe: clientCompressedUnaryNoProbe,
  server_compressed_unary: serverCompressedUnary,
  client_streaming: clientStreaming,
  client_compressed_streaming: clientCompressedStreaming,
  client_compressed_streaming_noprobe: clientCompressedStreamingNoProbe,
  server_streaming: serverStreaming,
  server_compressed_streaming: serverCompressedStreaming,
  ping_pong: pingPong,
  empty_stream: emptyStream,
  custom_metadata: customMetadata,
  status_code_and_message: statusCodeAndMessage,
  special_status_message: specialStatusMessage,
  unimplemented_method: unimplementedMethod,
  unimplemented_service: unimplementedService,
  cancel_after_begin: cancelAfterBegin,
  cancel_after_first_response: cancelAfterFirstResponse,
  timeout_on_sleeping_server: timeoutOnSleepingServer,
  rpc_soak: rpcSoak,
  channel_soak: channelSoak,
};

/** Their names. */
export const TEST_CASE_NAMES: readonly string[] = Object.keys(TEST_CASES);

/** The case of that name. Throws an Error that lists the names there are. */
export function findTestCase(name: string): TestCase {
  const found = TEST_CASES[name];
  if (found === undefined)
    throw new Error(
      `there is no test case ${JSON.stringify(name)}; there are ${TEST_CASE_NAMES.join(", ")}`,
    );
  return found;
}
