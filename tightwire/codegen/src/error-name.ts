import type { DescEnum, DescEnumValue, DescFile } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";

/** The name of the list that an error enum becomes: `OrdersError` is `OrdersErrors`. */
export function errorListName({ name }: DescEnum): string {
  return `${name.replace(/(?<=.)Errors?$/, "")}Errors`;
}

/** The name in TypeScript of a declared error: `ORDERS_ERROR_OUT_OF_STOCK` is `outOfStock`. */
export function errorName({ localName }: DescEnumValue): string {
  return protoCamelCase(localName.toLowerCase());
}

/** The path of the code of a file's errors, below the output folder, without `.ts`. */
export function errorModule({ name }: DescFile): string {
  return `${name}.errors`;
}
