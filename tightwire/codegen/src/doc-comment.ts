import type { DescEnum, DescEnumValue, DescMethod, DescService } from "@bufbuild/protobuf";
import { getComments } from "@bufbuild/protoplugin";

/**
 * Reads a contract's comment as plain text, without the space after `//`. Empty when there is none.
 */
export function readComment(desc: DescMethod | DescService | DescEnum | DescEnumValue): string {
  const { leading = "", trailing = "" } = getComments(desc);
  const text = `${leading}\n${trailing}`
    .replace(/^ ?tightwire:.*\n?/gm, "") // for our tools
    .replace(/^ /gm, "")
    .trim();
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
