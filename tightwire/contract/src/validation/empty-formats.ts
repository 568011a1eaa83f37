/** Whether an empty value has a format of `buf.validate`. */
export function mayBeEmpty(format: string): boolean {
  return MAY_BE_EMPTY.has(format);
}

const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  "uri_ref",
  "header_value",
  "loose_header_value",
]);
