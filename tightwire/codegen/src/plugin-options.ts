/** The options under `opt` in buf.gen.yaml. */
export interface PluginOptions {
  /**
   * The path of the descriptor image, relative to the output folder. Absent when definitions have
   * no image.
   */
  readonly image?: string;
  /**
   * `M<file>=<import>`: where to import the code of a `.proto` file from. Default: beside the
   * generated file. The same option as ts-proto's.
   */
  readonly imports: ReadonlyMap<string, string>;
  /**
   * `entry=<name>:<package>`: writes a file `<name>.ts` that exports all of a package. By the name
   * of the file.
   */
  readonly entries: ReadonlyMap<string, string>;
  /** `schemas=false` leaves out the Standard Schemas of requests. Default: true. */
  readonly schemas: boolean;
}

/**
 * Parses the plugin's parameter (`image=../descriptors.binpb,Mgoogle/protobuf/empty.proto=…`).
 * Throws an Error that names an unknown or invalid option.
 */
export function parsePluginOptions(parameter: string): PluginOptions {
  const imports = new Map<string, string>();
  const entries = new Map<string, string>();
  let image: string | undefined;
  let schemas = true;
  for (const option of parameter.split(",").filter((text) => text !== "")) {
    const equals = option.indexOf("=");
    const key = equals < 0 ? option : option.slice(0, equals);
    const value = equals < 0 ? "" : option.slice(equals + 1);
    if (value === "") throw new Error(`option "${key}" needs a value`);
    if (key === "image") image = parseImage(value);
    else if (key === "entry") entries.set(...parseEntry(value));
    else if (key === "schemas") schemas = parseBoolean(key, value);
    else if (key.startsWith("M") && key.endsWith(".proto")) imports.set(key.slice(1), value);
    else
      throw new Error(
        `unknown option "${key}"; options are "image", "entry", "schemas" and "M<file>.proto"`,
      );
  }
  return { imports, entries, schemas, ...(image === undefined ? {} : { image }) };
}

function parseImage(value: string): string {
  if (value.startsWith("/"))
    throw new Error(`option "image" must be a path relative to the output folder (got "${value}")`);
  return value;
}

function parseBoolean(key: string, value: string): boolean {
  if (value !== "true" && value !== "false")
    throw new Error(`option "${key}" must be true or false (got "${value}")`);
  return value === "true";
}

function parseEntry(value: string): [name: string, packageName: string] {
  const match = /^([\w-]+):([\w.]+)$/.exec(value);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new Error(
      `option "entry" must be <name>:<package>, like "catalog:shop.catalog.v1" (got "${value}")`,
    );
  return [match[1], match[2]];
}
