import type { DescMethod } from "@bufbuild/protobuf";

/** A method's full name, for messages: `shop.catalog.v1.CatalogService.GetProduct`. */
export function nameOfMethod({ parent, name }: DescMethod): string {
  return `${parent.typeName}.${name}`;
}

/** A method's path on the wire: `/shop.catalog.v1.CatalogService/GetProduct`. */
export function pathOfMethod({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}
