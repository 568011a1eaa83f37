import type { DescField } from "@bufbuild/protobuf";
import type { Route } from "@tightwire/contract";

/** A path parameter. */
export interface PathParameter {
  readonly name: string;
  /** The field that it is the whole value of; undefined when it is only a part. */
  readonly field: DescField | undefined;
  readonly description: string;
  /** Whether it matches several segments, separated by slashes. */
  readonly multiple: boolean;
}

/** A route's path in OpenAPI. */
export interface OpenApiPath {
  readonly text: string;
  /** The path without the names of parameters: OpenAPI treats paths of the same shape as equal. */
  readonly shape: string;
  readonly parameters: readonly PathParameter[];
}

/**
 * Converts a template to a path of OpenAPI, which has neither patterns nor `**`:
 * `/v1/{name=projects/*}` becomes `/v1/projects/{project}`. `names` are the parameter names that
 * the same shape has already. Source: OpenAPI 3.1, "Path Templating".
 */
export function openApiPath(
  { template, variables }: Route,
  names: readonly string[] = [],
): OpenApiPath {
  const parameters: PathParameter[] = [];
  const texts: string[] = [];
  const shapes: string[] = [];
  template.segments.forEach((segment, index) => {
    if (segment.kind === "literal") {
      texts.push(encodeURIComponent(segment.text));
      shapes.push(encodeURIComponent(segment.text));
      return;
    }
    const variable = variables.find(({ start, end }) => start <= index && index < end);
    const whole = variable !== undefined && variable.end - variable.start === 1;
    const fieldName = variable?.path.map(({ jsonName }) => jsonName).join(".");
    const before = template.segments[index - 1];
    const wanted = whole
      ? (fieldName as string)
      : before?.kind === "literal"
        ? singular(before.text)
        : `part${parameters.length + 1}`;
    const name = names[parameters.length] ?? unused(wanted, parameters);
    const slashes = segment.kind === "rest" ? "Any number of segments; may contain slashes." : "";
    const part =
      whole || variable === undefined
        ? ""
        : `Part of \`${fieldName}\`, which is \`${patternOf(template.text, variable.path)}\`.`;
    const field = whole && segment.kind === "one" ? variable.path.at(-1) : undefined;
    const description = [part, slashes].filter((text) => text !== "").join(" ");
    parameters.push({ name, field, description, multiple: segment.kind === "rest" });
    texts.push(`{${name}}`);
    shapes.push("{}");
  });
  const verb = template.verb === "" ? "" : `:${encodeURIComponent(template.verb)}`;
  return { text: `/${texts.join("/")}${verb}`, shape: `/${shapes.join("/")}${verb}`, parameters };
}

function unused(wanted: string, taken: readonly PathParameter[]): string {
  const names = taken.map(({ name }) => name);
  let name = wanted;
  for (let number = 2; names.includes(name); number++) name = `${wanted}${number}`;
  return name;
}

function singular(word: string): string {
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

/** The pattern after the equals sign of a variable. */
function patternOf(text: string, path: readonly DescField[]): string {
  const name = path.map((field) => field.name).join(".");
  const start = text.indexOf(`{${name}=`) + name.length + 2;
  return text.slice(start, text.indexOf("}", start));
}
