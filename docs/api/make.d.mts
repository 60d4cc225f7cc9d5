/** Writes what the package promises to a page's developer; see make.mjs. */
export const reports: Record<string, { entry: string; files: string[] }>;
export function makeReport(name: string): string;
