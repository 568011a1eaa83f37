import type { DescMessage } from "@bufbuild/protobuf";

/** A message and those nested in it, at any depth, without the entries of maps. */
export function withNested(message: DescMessage): DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(withNested)];
}
