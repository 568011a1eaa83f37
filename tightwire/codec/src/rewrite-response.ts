import { rewriteDecode } from "./rewrite-decode.js";
import { rewriteFields } from "./rewrite-fields.js";
import { rewriteUnknownFields } from "./rewrite-unknown-fields.js";

/**
 * Field of a `CodeGeneratorResponse` that holds a file, and of a file the field that holds its text
 * (`google/protobuf/compiler/plugin.proto`).
 */
const FILE = 15;
const CONTENT = 15;

const STOCK = '"@bufbuild/protobuf/wire"';
const OURS = '"@tightwire/codec/wire"';

/**
 * Takes what ts-proto returns to protoc, and has all its files import their reader and writer from
 * `@tightwire/codec/wire` and read strictly. Nothing else is changed.
 */
export function rewriteResponse(response: Uint8Array): Uint8Array {
  return rewriteFields(response, {
    [FILE]: (file) =>
      rewriteFields(file, {
        [CONTENT]: (content) => Buffer.from(rewriteFile(Buffer.from(content).toString("utf8"))),
      }),
  });
}

function rewriteFile(text: string): string {
  return rewriteUnknownFields(rewriteDecode(text.replaceAll(STOCK, OURS)));
}
