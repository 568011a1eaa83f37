import type {
  DescEnum,
  DescEnumValue,
  DescField,
  DescMessage,
  DescMethod,
  DescOneof,
  DescService,
} from "@bufbuild/protobuf";

type Commented =
  | DescMessage
  | DescField
  | DescOneof
  | DescEnum
  | DescEnumValue
  | DescService
  | DescMethod;

/** What a line of a comment begins with that is for our tools, not for readers. */
const DIRECTIVE = "tightwire:";

/** The comments of each file that was needed, by place. */
const indexes = new WeakMap<object, ReadonlyMap<string, string>>();

/**
 * The comment of an element of a contract, without comment marks. Empty when it has none, or when
 * the image has no source info.
 */
export function commentOf(desc: Commented): string {
  return commentLines(desc)
    .filter((line) => !line.trim().startsWith(DIRECTIVE))
    .join("\n")
    .trim();
}

/** The comment of an element, a line each, with the lines that are for our tools. */
export function commentLines(desc: Commented): string[] {
  const { proto } = fileOf(desc);
  let index = indexes.get(proto);
  if (index === undefined) {
    const locations = proto.sourceCodeInfo?.location ?? [];
    index = new Map(
      locations.map(({ path, leadingComments, trailingComments }) => [
        path.join("."),
        clean(`${leadingComments}\n${trailingComments}`),
      ]),
    );
    indexes.set(proto, index);
  }
  return (index.get(pathOf(desc).join(".")) ?? "").split("\n");
}

/** The first sentence of a comment, for lists. */
export function firstSentence(comment: string): string {
  const flat = comment.replace(/\s+/g, " ").trim();
  return /^.*?[.!?](?=\s|$)/.exec(flat)?.[0] ?? flat;
}

function clean(text: string): string {
  return text.replace(/^ /gm, "").trim();
}

function fileOf(desc: Commented): DescMessage["file"] {
  switch (desc.kind) {
    case "message":
    case "enum":
    case "service":
      return desc.file;
    case "rpc":
    case "field":
    case "oneof":
    case "enum_value":
      return desc.parent.file;
  }
}

/** The place of an element, as `SourceCodeInfo.Location.path` counts. */
function pathOf(desc: Commented): number[] {
  switch (desc.kind) {
    case "message":
      return desc.parent === undefined
        ? [4, desc.file.proto.messageType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), 3, desc.parent.proto.nestedType.indexOf(desc.proto)];
    case "enum":
      return desc.parent === undefined
        ? [5, desc.file.proto.enumType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), 4, desc.parent.proto.enumType.indexOf(desc.proto)];
    case "service":
      return [6, desc.file.proto.service.indexOf(desc.proto)];
    case "rpc":
      return [...pathOf(desc.parent), 2, desc.parent.proto.method.indexOf(desc.proto)];
    case "field":
      return [...pathOf(desc.parent), 2, desc.parent.proto.field.indexOf(desc.proto)];
    case "oneof":
      return [...pathOf(desc.parent), 8, desc.parent.proto.oneofDecl.indexOf(desc.proto)];
    case "enum_value":
      return [...pathOf(desc.parent), 2, desc.parent.proto.value.indexOf(desc.proto)];
  }
}
