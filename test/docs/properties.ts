import ts from 'typescript';

/** The members of an interface in a source file. */
export function properties(file: string, name: string): string[] {
  const source = ts.createSourceFile(file, ts.sys.readFile(file) ?? '', ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) =>
    ts.isInterfaceDeclaration(statement) && statement.name.text === name
      ? statement.members.map((member) => (member.name && ts.isIdentifier(member.name) ? member.name.text : ''))
      : [],
  );
}
