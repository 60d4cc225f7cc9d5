// The code in a link to another domain stands at the end of the fragment, behind a question mark: `#?wm_x=…`,
// `#rates?wm_x=…`, `#/route?a=1&wm_x=…`. A fragment reaches no server and no Referer header; apps that route by it read what
// is behind a question mark as parameters; and the tracker cuts that off addresses, even where it is told before the code is.

/** The address with this code, and no other that it may have had. What browsers read themselves (`:~:text=`) stays behind it. */
export function withCode(href: string, code: string): string {
  const [, address, fragment = '', directive = ''] = /^([^#]*)#?(.*?)(:~:.*)?$/s.exec(href) ?? [];
  const own = fragment.replace(/[?&]?wm_x=[\w-]*/g, '');
  return `${address}#${own}${own.includes('?') ? '&' : '?'}wm_x=${code}${directive}`;
}

/** The code in a fragment, and what the fragment was without it. Undefined where there is none. */
export function takeCode(hash: string): { code: string; rest: string } | undefined {
  const [, before, code, after] = /^#(.*?)[?&]?wm_x=([\w-]{21})(?![\w-])(.*)$/s.exec(hash) ?? [];
  return code === undefined ? undefined : { code, rest: `${before}${after}` };
}
