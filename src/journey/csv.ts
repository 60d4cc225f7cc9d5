// Comma-separated values as spreadsheets write them (RFC 4180): quotes doubled inside quotes, any line end, a byte order
// mark at the start. Returns the rows; blank lines are left out.

/** Throws a SyntaxError that names the line of an unfinished quote. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let index = text.startsWith('\ufeff') ? 1 : 0;
  while (index < text.length) {
    const cell = text[index] === '"' ? quoted(text, index) : plain(text, index);
    row.push(cell.value);
    index = cell.end;
    const separator = text[index];
    if (separator === ',') {
      index += 1;
      // A line that ends with a comma has one more, empty cell.
      if (index === text.length || isLineEnd(text[index])) row.push('');
    }
    if (separator !== ',' || index === text.length || isLineEnd(text[index])) {
      if (row.some((value) => value !== '')) rows.push(row);
      row = [];
      if (text[index] === '\r') index += 1;
      if (text[index] === '\n') index += 1;
    }
  }
  return rows;
}

function plain(text: string, start: number): { value: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== ',' && !isLineEnd(text[end])) end += 1;
  return { value: text.slice(start, end).trim(), end };
}

function quoted(text: string, start: number): { value: string; end: number } {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw new SyntaxError(`line ${text.slice(0, start).split('\n').length}: a quote is not closed`);
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      // What follows a closing quote up to the separator is no part of any value.
      return { value: value.trim(), end: plain(text, quote + 1).end };
    }
    value += '"';
    from = quote + 2;
  }
}

function isLineEnd(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}
