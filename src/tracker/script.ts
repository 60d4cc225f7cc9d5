// The script-tag entry.
export {};
