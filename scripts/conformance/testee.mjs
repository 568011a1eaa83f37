// What the runner of protobuf's conformance suite talks to: reads requests from stdin and answers
// them on stdout, each behind its length in four bytes. `run.mjs` bundles it with the code that is
// generated from the suite's contracts.
import { readSync, writeSync } from "node:fs";
import { messageCodec } from "@tightwire/codec";
import { ConformanceRequest, ConformanceResponse, WireFormat } from "generated/conformance.js";
import { TestAllTypesProto2 } from "generated/google/protobuf/test_messages_proto2.js";
import { TestAllTypesProto3 } from "generated/google/protobuf/test_messages_proto3.js";

const MESSAGES = {
  "protobuf_test_messages.proto2.TestAllTypesProto2": messageCodec(TestAllTypesProto2),
  "protobuf_test_messages.proto3.TestAllTypesProto3": messageCodec(TestAllTypesProto3),
};
const requests = messageCodec(ConformanceRequest);
const responses = messageCodec(ConformanceResponse);

/** Bytes from stdin; undefined at its end. */
function read(length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(0, bytes, at, length - at, null);
    if (count === 0) return undefined;
    at += count;
  }
  return bytes;
}

function write(bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at, bytes.length - at);
}

/** Only binary to binary is tested. */
function respond({ payload, requestedOutputFormat, messageType }) {
  if (messageType === "conformance.FailureSet")
    return { $case: "protobufPayload", value: new Uint8Array() };
  const codec = MESSAGES[messageType];
  if (
    codec === undefined ||
    payload?.$case !== "protobufPayload" ||
    requestedOutputFormat !== WireFormat.PROTOBUF
  )
    return { $case: "skipped", value: "binary only" };
  let message;
  try {
    message = codec.decode(payload.value);
  } catch (error) {
    return { $case: "parseError", value: error.message };
  }
  try {
    return { $case: "protobufPayload", value: codec.encode(message) };
  } catch (error) {
    return { $case: "serializeError", value: error.message };
  }
}

for (let head = read(4); head !== undefined; head = read(4)) {
  const request = requests.decode(read(head.readUInt32LE()));
  const response = responses.encode(responses.create({ result: respond(request) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(response.length);
  write(Buffer.concat([length, response]));
}
