/** The input, or the message that is being read, ends inside a value. */
export function endsEarly(): RangeError {
  return new RangeError("premature EOF");
}

/** A field with the number 0, or with a wire type that does not exist. */
export function illegalTag(tag: number): Error {
  return new Error(`illegal tag: field no ${tag >>> 3} wire type ${tag & 7}`);
}

/** A group's end where no group of that field is open. */
export function wrongEndGroup(tag: number): Error {
  return new Error(`invalid end group tag: no group of field no ${tag >>> 3} is open`);
}

/** Messages in each other that are read, the outermost included, and unknown groups, at most. */
export const MAX_DEPTH = 100;

/** Messages or groups beyond that. */
export function tooDeep(): Error {
  return new Error(`nested too deep: at most ${MAX_DEPTH} messages or groups in each other`);
}
