import { rewriteFields } from "./rewrite-fields.js";

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
 * `@tightwire/codec/wire`. Nothing else is changed.
 */
export function rewriteResponse(response: Uint8Array): Uint8Array {
  return rewriteFields(response, {
    [FILE]: (file) =>
      rewriteFields(file, {
        [CONTENT]: (content) =>
          Buffer.from(Buffer.from(content).toString("utf8").replaceAll(STOCK, OURS), "utf8"),
      }),
  });
}
