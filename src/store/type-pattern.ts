// A name that stands for several types of events: their common start and a star, as in `webvisit*`.

/** What the types start with; undefined where the name is a type itself. */
export function startOfTypes(name: string): string | undefined {
  return name.length > 1 && name.endsWith('*') ? name.slice(0, -1) : undefined;
}

export function isOfType(type: string, name: string): boolean {
  const start = startOfTypes(name);
  return start === undefined ? type === name : type.startsWith(start);
}
