/** The error of code that has another form than it has to have to be rewritten. */
export function unknownForm(what: string): Error {
  return new Error(
    `this version of ts-proto writes ${what} in a form that cannot be rewritten; versions 2.7 to 2.18 are known`,
  );
}
