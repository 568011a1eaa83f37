import { fileOf, type Placed, sourcePath } from "./source-path.js";

/** What a line of a comment begins with that is for our tools, not for readers. */
const DIRECTIVE = "tightwire:";

/** The comments of each file that was needed, by place. */
const indexes = new WeakMap<object, ReadonlyMap<string, string>>();

/**
 * The comment of an element of a contract, without comment marks. Empty when it has none, or when
 * the image has no source info.
 */
export function commentOf(desc: Placed): string {
  return commentLines(desc)
    .filter((line) => !line.trim().startsWith(DIRECTIVE))
    .join("\n")
    .trim();
}

/** The comment of an element, a line each, with the lines that are for our tools. */
export function commentLines(desc: Placed): string[] {
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
  return (index.get(sourcePath(desc).join(".")) ?? "").split("\n");
}

/** The first sentence of a comment, for lists. */
export function firstSentence(comment: string): string {
  const flat = comment.replace(/\s+/g, " ").trim();
  return /^.*?[.!?](?=\s|$)/.exec(flat)?.[0] ?? flat;
}

function clean(text: string): string {
  return text.replace(/^ /gm, "").trim();
}
