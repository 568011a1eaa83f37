import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { CodeGeneratorResponseSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { rewriteResponse } from "./rewrite-response.js";

const STOCK = 'import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";';
const OURS = 'import { BinaryReader, BinaryWriter } from "@tightwire/codec/wire";';

test("changes the one import in every file, and nothing else", () => {
  const response = create(CodeGeneratorResponseSchema, {
    supportedFeatures: 3n,
    minimumEdition: 998,
    maximumEdition: 1000,
    file: [
      { name: "a.ts", content: `// "Käse"\n${STOCK}\nexport const a = 1;\n` },
      {
        name: "b.ts",
        insertionPoint: "here",
        content: 'import { create } from "@bufbuild/protobuf";\n',
      },
    ],
  });
  const rewritten = fromBinary(
    CodeGeneratorResponseSchema,
    rewriteResponse(toBinary(CodeGeneratorResponseSchema, response)),
  );
  const [first] = response.file;
  if (first !== undefined) first.content = first.content.replace(STOCK, OURS);
  expect(rewritten).toEqual(response);
});

test("an error passes through", () => {
  const response = toBinary(
    CodeGeneratorResponseSchema,
    create(CodeGeneratorResponseSchema, { error: "no such option" }),
  );
  expect(rewriteResponse(response)).toEqual(response);
});
