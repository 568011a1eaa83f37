import type { DescField } from "@bufbuild/protobuf";
import type { Route } from "@tightwire/routes";

/** A parameter of a path. */
export interface PathParameter {
  readonly name: string;
  /** The field whose value it is, when it is that alone. */
  readonly field: DescField | undefined;
  readonly description: string;
  /** Whether it takes many segments, with slashes between them. */
  readonly multiple: boolean;
}

/** A route's path as OpenAPI writes it. */
export interface OpenApiPath {
  readonly text: string;
  /** The same for all paths that OpenAPI holds for one: without the names of parameters. */
  readonly form: string;
  readonly parameters: readonly PathParameter[];
}

/**
 * A template as OpenAPI writes it, which has neither patterns nor `**`: `/v1/{name=projects/*}`
 * becomes `/v1/projects/{project}`. `names` are those that the same form has already. Source:
 * OpenAPI 3.1, "Path Templating".
 */
export function openApiPath(
  { template, variables }: Route,
  names: readonly string[] = [],
): OpenApiPath {
  const parameters: PathParameter[] = [];
  const texts: string[] = [];
  const forms: string[] = [];
  template.segments.forEach((segment, index) => {
    if (segment.kind === "literal") {
      texts.push(encodeURIComponent(segment.text));
      forms.push(encodeURIComponent(segment.text));
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
    const slashes = segment.kind === "rest" ? "Any number of segments: it may hold slashes." : "";
    const part =
      whole || variable === undefined
        ? ""
        : `Part of \`${fieldName}\`, which is \`${patternOf(template.text, variable.path)}\`.`;
    const field = whole && segment.kind === "one" ? variable.path.at(-1) : undefined;
    const description = [part, slashes].filter((text) => text !== "").join(" ");
    parameters.push({ name, field, description, multiple: segment.kind === "rest" });
    texts.push(`{${name}}`);
    forms.push("{}");
  });
  const verb = template.verb === "" ? "" : `:${encodeURIComponent(template.verb)}`;
  return { text: `/${texts.join("/")}${verb}`, form: `/${forms.join("/")}${verb}`, parameters };
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

/** What stands behind the equals sign of a variable. */
function patternOf(text: string, path: readonly DescField[]): string {
  const name = path.map((field) => field.name).join(".");
  const start = text.indexOf(`{${name}=`) + name.length + 2;
  return text.slice(start, text.indexOf("}", start));
}
