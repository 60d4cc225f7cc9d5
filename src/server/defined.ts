// Options that are left out get their default where they are used: what is undefined is not handed on.

export type Defined<Options> = { [Name in keyof Options]?: Exclude<Options[Name], undefined> };

/** The members that have a value. */
export function defined<Options extends object>(options: Options): Defined<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<Options>;
}
