import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DescMessage } from "@bufbuild/protobuf";
import { compileImage, contractText } from "../contract.test-support.js";
import { type StubbedGateway, serveStub } from "../stub.test-support.js";

const WRAPPED = [
  "Double",
  "Float",
  "Int64",
  "UInt64",
  "Int32",
  "UInt32",
  "Bool",
  "String",
  "Bytes",
].map((name) => `${name}Value`);
const MESSAGES = [
  "Timestamp",
  "Duration",
  "FieldMask",
  "Struct",
  "Value",
  "ListValue",
  "Any",
  "Empty",
  ...WRAPPED,
];

/** Each well-known type alone, repeated, in a map and in a oneof. */
const KNOWN_FIELDS = MESSAGES.flatMap((name, index) => {
  const [type, field, number] = [`google.protobuf.${name}`, name.toLowerCase(), index * 3 + 1];
  return [
    `${type} a_${field} = ${number};`,
    `repeated ${type} some_${field} = ${number + 1};`,
    `map<string, ${type}> map_${field} = ${number + 2};`,
  ];
});
const KNOWN_CHOICES = MESSAGES.map(
  (name, index) => `google.protobuf.${name} one_${name.toLowerCase()} = ${index + 101};`,
);

const CONTRACT = `
import "everything.proto";

service Echo {
  rpc EchoEverything(codec.test.v1.Everything) returns (codec.test.v1.Everything) {
    option (google.api.http) = { post: "/everything" body: "*" additional_bindings { get: "/everything" } additional_bindings { put: "/everything" body: "one_message" } };
  }
  rpc EchoKnown(Known) returns (Known) {
    option (google.api.http) = { post: "/known" body: "*" additional_bindings { get: "/known" } };
  }
  rpc EchoAwkward(Awkward) returns (Awkward) {
    option (google.api.http) = { post: "/awkward" body: "*" additional_bindings { get: "/awkward" } additional_bindings { get: "/awkward/{to_string}/{value_of.constructor}" } };
  }
}

message Known {
  ${KNOWN_FIELDS.join("\n  ")}
  oneof choice {
    ${KNOWN_CHOICES.join("\n    ")}
    google.protobuf.NullValue one_null = 201;
  }
  Known nested = 202;
  google.protobuf.NullValue a_null = 203;
}

// Fields named like the properties of all JavaScript objects.
message Awkward {
  string constructor = 1;
  string to_string = 2;
  Awkward value_of = 3;
  repeated string has_own_property = 4;
  map<string, Awkward> __proto__ = 5;
  optional string is_prototype_of = 6;
}
`;

/**
 * A gateway in front of a service that responds with its request, for messages with fields of every
 * type.
 */
export interface EchoGateway extends StubbedGateway {
  readonly everything: DescMessage;
  readonly known: DescMessage;
  readonly awkward: DescMessage;
}

/** Starts the gateway. */
export async function serveEcho(): Promise<EchoGateway> {
  const everything = readFileSync(
    join(import.meta.dirname, "../../../codec/proto/everything.proto"),
    "utf8",
  );
  const image = compileImage({
    files: { "everything.proto": everything, "try/v1/try.proto": contractText("try.v1", CONTRACT) },
  });
  const stub = await serveStub(image, { services: ["try.v1.Echo"], respond: (bytes) => bytes });
  const message = (name: string): DescMessage =>
    stub.contract.registry.getMessage(name) as DescMessage;
  return {
    ...stub,
    everything: message("codec.test.v1.Everything"),
    known: message("try.v1.Known"),
    awkward: message("try.v1.Awkward"),
  };
}
