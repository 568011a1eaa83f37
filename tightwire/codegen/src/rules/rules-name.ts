import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { typeName } from "../type-name.js";

/** The name of the function that checks a message: `checkBuyer`. */
export function checkName(message: DescMessage): string {
  return `check${typeName(message)}`;
}

/** The name of a message's Standard Schema: `PlaceOrderRequestSchema`. */
export function schemaName(message: DescMessage): string {
  return `${typeName(message)}Schema`;
}

/** The module of a file's checks and schemas, without an extension. */
export function rulesModule(file: DescFile): string {
  return `${file.name}.rules`;
}
