import type { DescEnum, DescFile, DescMessage } from "@bufbuild/protobuf";
import { messageName } from "@tightwire/codec/message-name";
import type { Fault } from "@tightwire/contract";

/**
 * The name in TypeScript that a message or enum gets from ts-proto, run by `@tightwire/codec`: the
 * names of its parents and its own, joined by underscores.
 */
export function typeName(desc: DescMessage | DescEnum): string {
  return desc.parent === undefined
    ? messageName(desc.name)
    : `${typeName(desc.parent)}_${desc.name}`;
}

/** Finds messages and enums whose new name is another's name in the same file. */
export function findSameTypeNames(file: DescFile): Fault[] {
  const all: readonly (DescMessage | DescEnum)[] = [...file.messages, ...file.enums];
  const names = new Set(all.map(({ name }) => name));
  return all
    .filter((desc) => typeName(desc) !== desc.name && names.has(typeName(desc)))
    .map((desc) => ({
      file: `${file.name}.proto`,
      subject: desc.typeName,
      text: `is \`${typeName(desc)}\` in TypeScript, which is the name of another type of this file; rename one of them`,
    }));
}
