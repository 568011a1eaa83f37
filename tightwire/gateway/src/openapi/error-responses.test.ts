import {
  createFileRegistry,
  type DescService,
  fromBinary,
  type JsonObject,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { readErrors } from "@tightwire/contract";
import { expect, test } from "vitest";
import { compileImage } from "../contract.test-support.js";
import { createOpenApi } from "./document.js";

const CONTRACT = `syntax = "proto3";
package try.v1;
import "tightwire/errors/v1/errors.proto";
import "tightwire/policy/v1/policy.proto";
enum TryError {
  option (tightwire.errors.v1.domain) = "try.example";
  TRY_ERROR_UNSPECIFIED = 0;
  // It is gone.
  TRY_ERROR_GONE = 1 [(tightwire.errors.v1.error) = {code: NOT_FOUND, detail: "try.v1.Gone"}];
  TRY_ERROR_LOST = 2 [(tightwire.errors.v1.error) = {code: NOT_FOUND}];
  TRY_ERROR_BUSY = 3 [(tightwire.errors.v1.error) = {code: ABORTED}];
}
message Gone { string where = 1; }
message GetRequest {}
message GetResponse {}
service TryService {
  rpc Get(GetRequest) returns (GetResponse) {
    option (tightwire.policy.v1.method) = {errors: ["GONE", "LOST", "BUSY"]};
  }
  rpc Put(GetRequest) returns (GetResponse);
}
`;

test("declared errors are responses of their HTTP status, with the details that they have", () => {
  const image = compileImage({ files: { "try/v1/try.proto": CONTRACT } });
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const service = registry.getService("try.v1.TryService") as DescService;
  const { errors } = readErrors(registry, service);
  const { paths } = createOpenApi([{ service, routes: [], errors }], registry) as unknown as {
    paths: Record<string, { post: { responses: Record<string, JsonObject> } }>;
  };
  const responsesOf = (method: string) => paths[`/try.v1.TryService/${method}`]?.post.responses;
  expect(Object.keys(responsesOf("Put") ?? {})).toEqual(["200", "default"]);
  const responses = responsesOf("Get");
  expect(Object.keys(responses ?? {})).toEqual(["200", "404", "409", "default"]);
  const info = { "@type": { const: "type.googleapis.com/google.rpc.ErrorInfo" } };
  expect(responses?.["404"]).toMatchObject({
    description: "`GONE`: It is gone.\n\n`LOST`",
    content: {
      "application/json": {
        schema: {
          oneOf: [
            {
              properties: {
                code: { const: 5 },
                details: {
                  prefixItems: [
                    { properties: { ...info, reason: { const: "GONE" } } },
                    { allOf: [{ $ref: "#/components/schemas/try.v1.Gone" }, {}] },
                  ],
                },
              },
            },
            { properties: { details: { prefixItems: [{ properties: { ...info } }] } } },
          ],
        },
        examples: {
          GONE: {
            value: {
              code: 5,
              details: [
                { reason: "GONE", domain: "try.example" },
                { "@type": "type.googleapis.com/try.v1.Gone", where: "where" },
              ],
            },
          },
          LOST: { value: { details: [{ reason: "LOST" }] } },
        },
      },
    },
  });
  expect(responses?.["409"]).toMatchObject({
    content: { "application/json": { schema: { properties: { code: { const: 10 } } } } },
  });
});
