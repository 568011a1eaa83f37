import type { DescMethod } from "@bufbuild/protobuf";

/**
 * The name in TypeScript of a method. A client with a method `then` would be taken for a promise
 * wherever it is awaited, and what every object has (`toString`, `__proto__`) is no name for a
 * method of ours: such names get a `$`, which no method of a contract has.
 */
export function methodName({ localName }: DescMethod): string {
  return localName === "then" || localName in Object.prototype ? `${localName}$` : localName;
}
