import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createFileRegistry, type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const ROOT = join(import.meta.dirname, "../../..");

/** The message with every kind of field, for protobuf-es, which reads contracts at run time. */
export function everythingSchema(): DescMessage {
  const image = execFileSync(
    join(ROOT, "node_modules/.bin/buf"),
    ["build", "tightwire/codec/proto", "--as-file-descriptor-set", "-o", "-"],
    { cwd: ROOT },
  );
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  return registry.getMessage("codec.test.v1.Everything") as DescMessage;
}
