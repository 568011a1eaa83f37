/**
 * Makes the HTTP request of a call: `url`, `verb`, `headers` as pairs, and `body`. A parameter of the query is repeated for each of its values.
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

/** Encodes a path parameter. Slashes separate segments when the parameter matches several, else they are encoded. */
function encodeSegment(value, multiple) {
  return multiple ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
}

/** The same request as a shell command. With `streamed` it shows messages as they arrive. */
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
