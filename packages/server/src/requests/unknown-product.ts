/** The message of the error for products that do not exist: `no such product: "a", "b"`. */
export function unknownProductText(ids: readonly string[]): string {
  return `no such product: ${ids.map((id) => `"${id}"`).join(", ")}`;
}
