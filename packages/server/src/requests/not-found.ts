import { detail, RpcError } from "@tightwire/core";
import { ResourceInfo } from "@tightwire/core/details";

/**
 * NOT_FOUND with a ResourceInfo detail for each name: `notFound("shop.catalog.v1/Product", ["a"])`.
 */
export function notFound(resourceType: string, names: readonly string[]): RpcError {
  const quoted = names.map((name) => `"${name}"`).join(", ");
  const what = shortName(resourceType);
  const details = names.map((resourceName) =>
    detail(ResourceInfo, { resourceType, resourceName, description: `no such ${what}` }),
  );
  return new RpcError("not_found", `no such ${what}: ${quoted}`, { details });
}

/** ALREADY_EXISTS with a ResourceInfo detail, for a name that belongs to something else. */
export function alreadyExists(
  resourceType: string,
  resourceName: string,
  description: string,
): RpcError {
  return new RpcError(
    "already_exists",
    `${shortName(resourceType)} "${resourceName}" ${description}`,
    {
      details: [detail(ResourceInfo, { resourceType, resourceName, description })],
    },
  );
}

/** `shop.catalog.v1/Product` is `product` in messages. */
function shortName(resourceType: string): string {
  return resourceType.slice(resourceType.lastIndexOf("/") + 1).toLowerCase();
}
