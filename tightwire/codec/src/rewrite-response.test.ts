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

test("decode functions in a form that is not known are refused", () => {
  const file = (content: string): Uint8Array =>
    toBinary(
      CodeGeneratorResponseSchema,
      create(CodeGeneratorResponseSchema, { file: [{ name: "a.ts", content }] }),
    );
  const decode = (loop: string): string => `export const A = {
  decode(input: BinaryReader | Uint8Array, length?: number): A {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const end = length === undefined ? reader.len : reader.pos + length;
    const message = createBaseA();
    while (reader.pos < end) {
      ${loop}
      if ((tag & 7) === 4 || tag === 0) {
        break;
      }
      reader.skip(tag & 7);
    }
    return message;
  },
};
`;
  const rewritten = Buffer.from(rewriteResponse(file(decode("const tag = reader.uint32();"))));
  expect(rewritten.toString()).toContain("const tag = reader.fieldTag();");
  expect(() => rewriteResponse(file(decode("const tag = reader.int32();")))).toThrow(
    "cannot be rewritten",
  );
  const renamed = decode("const tag = reader.uint32();").replace("length?", "size?");
  expect(() => rewriteResponse(file(renamed))).toThrow("cannot be rewritten");
});
