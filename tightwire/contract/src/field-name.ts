/**
 * The name that ts-proto gives a field or a oneof: `product_id` is `productId`, `SKU_ID` is
 * `skuId`.
 */
export function fieldName(name: string): string {
  if (!name.includes("_")) return name;
  const words = name.split("_").map((word) => (/[a-z]/.test(name) ? word : word.toLowerCase()));
  return words
    .map((word, index) => (index === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join("");
}
