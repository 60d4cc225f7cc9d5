// The page comes first: browsers, policies and other scripts may refuse at any touch, and then ours carry on.

/** The value, or undefined where making it throws. */
export function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
