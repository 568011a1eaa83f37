/**
 * A call as an HTTP request: `url`, `verb`, `headers` as pairs, and `body`. Values of the path are encoded, those of the query repeated as often as there are any.
 */
export function createRequest(operation, { fields, body, options }) {
  let path = operation.path;
  const query = new URLSearchParams();
  for (const field of fields) {
    const values = field.values();
    if (field.in === "path")
      path = path.replace(`{${field.name}}`, () => encodeSegment(values[0] ?? "", field.multiple));
    else for (const value of values) query.append(field.name, value);
  }
  const url = new URL(`.${path}`, new URL("./", document.baseURI));
  url.search = String(query);
  const headers = [];
  if (body !== undefined)
    headers.push([
      "content-type",
      operation.body.type === "*/*" ? "application/octet-stream" : operation.body.type,
    ]);
  headers.push(...options.headers());
  return { url, verb: operation.verb, headers, body };
}

/** An encoded slash is part of a segment; where a parameter takes many segments slashes stand between them. */
function encodeSegment(value, multiple) {
  return multiple ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
}

/** The same request as a command of a shell. `streamed` shows messages as they come. */
export function curlOf({ url, verb, headers, body }, streamed) {
  const data = body !== undefined && body !== "";
  const usual = data ? "POST" : "GET";
  const parts = [
    `curl${streamed ? " -N" : ""}${verb === usual ? "" : ` -X ${verb}`} ${quote(url.href)}`,
    ...headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(data ? [`--data-binary ${quote(body)}`] : []),
  ];
  return parts.join(" \\\n  ");
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
