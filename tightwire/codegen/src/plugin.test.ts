import { expect, test } from "vitest";
import { compileContract, generateFrom } from "./contract.test-support.js";
import { tightwirePlugin } from "./plugin.js";

const EVERYTHING = `
syntax = "proto3";

package try.v1;

import "google/api/annotations.proto";
import "google/protobuf/empty.proto";
import "tightwire/policy/v1/policy.proto";

// All that a contract can say.
// In two lines, with a trap: */
service EverythingService {
  option (tightwire.policy.v1.service) = {
    timeout: {seconds: 5}
    idle_timeout: {seconds: 60}
  };

  // Reads one.
  rpc GetThing(Thing) returns (Thing.Part) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {
      get: "/v1/things/{id}"
      additional_bindings {
        post: "/v1/things:get"
        body: "part"
        response_body: "name"
      }
      additional_bindings {
        custom: {kind: "HEAD" path: "/v1/things/{id}"}
      }
    };
    option (tightwire.policy.v1.method) = {timeout: {seconds: 1 nanos: 500000000}};
  }

  // Writes one.
  rpc PutThing(Thing) returns (google.protobuf.Empty) {
    option deprecated = true;
    option idempotency_level = IDEMPOTENT;
  }

  rpc WatchThings(Thing) returns (stream Thing) {
    option (tightwire.policy.v1.method) = {idle_timeout: {nanos: 200000000}};
  }

  rpc ImportThings(stream Thing) returns (Thing);

  rpc Converse(stream Thing) returns (stream Thing) {
    option (tightwire.policy.v1.method) = {timeout: {seconds: 30}};
  }
}

// Has a name that nothing is taken from.
service Plain {
  rpc Nothing(google.protobuf.Empty) returns (google.protobuf.Empty);
}

message Thing {
  message Part {
    string name = 1;
    string serial_number = 2 [debug_redact = true];
  }
  enum Size {
    SIZE_UNSPECIFIED = 0;
  }

  string id = 1;
  Part part = 2;
  repeated Part more_parts = 3;
  map<string, Part> by_name = 4;
  oneof owner {
    Part owner_part = 5;
    string nobody = 6;
  }
  Thing inside = 7;
  Part hidden = 8 [debug_redact = true];
  Size size = 9;
}
`;

const OPTIONS =
  "image=../descriptors.binpb,entry=things:try.v1,Mgoogle/protobuf/empty.proto=@example/wkt/empty.js";

test("a service file and an entry point equal the golden files", async () => {
  const files = generateFrom(EVERYTHING, OPTIONS);
  expect([...files.keys()]).toEqual(["try/v1/try.service.ts", "try/v1/try.rules.ts", "things.ts"]);
  await expect(files.get("try/v1/try.service.ts")).toMatchFileSnapshot("golden/try.service.ts.txt");
  await expect(files.get("things.ts")).toMatchFileSnapshot("golden/things.ts.txt");
});

test("the same request gives the same bytes", () => {
  const request = compileContract(EVERYTHING, OPTIONS);
  expect(tightwirePlugin.run(request)).toEqual(tightwirePlugin.run(request));
});

test("a contract without services gives no file", () => {
  expect(generateFrom('syntax = "proto3";\npackage try.v1;\nmessage Thing {}\n').size).toBe(0);
});

test("an image path is relative to the generated file, however far up it leads", () => {
  const text = generateFrom(EVERYTHING, `image=${"../".repeat(20)}descriptors.binpb`).get(
    "try/v1/try.service.ts",
  );
  expect(text).toContain(`new URL("${"../".repeat(22)}descriptors.binpb", import.meta.url)`);
});

test("without the image option a definition has no image", () => {
  const text = generateFrom(EVERYTHING).get("try/v1/try.service.ts");
  expect(text).not.toContain("import.meta");
  expect(text).toContain('import { Empty } from "../../google/protobuf/empty.js";');
});

test.each([
  [
    "target=ts",
    'unknown option "target"; options are "image", "entry", "schemas" and "M<file>.proto"',
  ],
  ["image", 'option "image" needs a value'],
  [
    "image=/descriptors.binpb",
    'option "image" must be a path relative to the output folder (got "/descriptors.binpb")',
  ],
  [
    "entry=things",
    'option "entry" must be <name>:<package>, like "catalog:shop.catalog.v1" (got "things")',
  ],
  ["schemas=no", 'option "schemas" must be true or false (got "no")'],
  ["entry=things:try.v2", 'option "entry": no generated file has the package "try.v2"'],
])("the option %s is refused by name", (parameter, message) => {
  expect(() => generateFrom(EVERYTHING, parameter)).toThrow(message);
});
