/** What stands under `opt` in buf.gen.yaml. */
export interface PluginOptions {
  /**
   * Path of the descriptor image, relative to the folder that is generated into; absent when
   * definitions carry none.
   */
  readonly image?: string;
  /**
   * `M<file>=<import>`: where the code of a `.proto` file comes from, when not from beside the
   * generated file. The same option as ts-proto's.
   */
  readonly imports: ReadonlyMap<string, string>;
  /**
   * `entry=<name>:<package>`: a file `<name>.ts` that exports all of a package, by the file's name.
   */
  readonly entries: ReadonlyMap<string, string>;
}

/**
 * Reads the plugin's parameter (`image=../descriptors.binpb,Mgoogle/protobuf/empty.proto=…`).
 * Throws an Error that names an option it does not know.
 */
export function parsePluginOptions(parameter: string): PluginOptions {
  const imports = new Map<string, string>();
  const entries = new Map<string, string>();
  let image: string | undefined;
  for (const option of parameter.split(",").filter((text) => text !== "")) {
    const equals = option.indexOf("=");
    const key = equals < 0 ? option : option.slice(0, equals);
    const value = equals < 0 ? "" : option.slice(equals + 1);
    if (value === "") throw new Error(`option "${key}" needs a value`);
    if (key === "image") image = parseImage(value);
    else if (key === "entry") entries.set(...parseEntry(value));
    else if (key.startsWith("M") && key.endsWith(".proto")) imports.set(key.slice(1), value);
    else
      throw new Error(
        `option "${key}" is not known; there are "image", "entry" and "M<file>.proto"`,
      );
  }
  return { imports, entries, ...(image === undefined ? {} : { image }) };
}

function parseImage(value: string): string {
  if (value.startsWith("/"))
    throw new Error('option "image" must be relative to the folder that is generated into');
  return value;
}

function parseEntry(value: string): [name: string, packageName: string] {
  const match = /^([\w-]+):([\w.]+)$/.exec(value);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new Error('option "entry" must be <name>:<package>, as in "catalog:shop.catalog.v1"');
  return [match[1], match[2]];
}
