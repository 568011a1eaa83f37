import type { DescEnum, DescEnumValue, DescMethod, DescService } from "@bufbuild/protobuf";
import { commentOf } from "@tightwire/contract";

/**
 * Reads a contract's comment as plain text, with `@deprecated` where it applies. Empty when there
 * is neither.
 */
export function readComment(desc: DescMethod | DescService | DescEnum | DescEnumValue): string {
  const text = commentOf(desc);
  if (!desc.deprecated) return text;
  return `${text}\n\n@deprecated`.trim();
}

/** Formats a doc comment, one line per element; empty for an empty text. */
export function formatDocComment(text: string, indent = ""): string[] {
  if (text === "") return [];
  const lines = text.replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}
