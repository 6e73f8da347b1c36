// Tables for people, as the commands print them. Programs ask for JSON.

const spacing = '  ';

/** What a stranger has named (a client registers itself) must not steer the operator's terminal. */
const tame = (text: string) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

/** Columns are as wide as their widest cell; lines don't end in spaces. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings.map((heading) => heading.toUpperCase()), ...rows.map((row) => row.map(tame))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines
    .map((line) =>
      widths
        .map((width, column) => pad(line[column] ?? '', width))
        .join(spacing)
        .trimEnd(),
    )
    .join('\n');
}

/** One thing: its members below one another. Undefined ones are left out; a list takes a line for each. */
export function formatDetails(details: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const lines = Object.entries(details).flatMap(([name, value]) =>
    [value ?? []].flat().map((each, index) => [index === 0 ? name : '', tame(each)] as const),
  );
  const width = Math.max(0, ...lines.map(([name]) => widthOf(name)));
  return lines.map(([name, value]) => `${pad(name, width)}${spacing}${value}`.trimEnd()).join('\n');
}

const widthOf = (text: string) => [...text].length;
const pad = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - widthOf(text)));
