// Reads a workflow command as the runner of GitHub Actions does, from what GitHub documents of it.

export interface ParsedCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Returns the command of a line, or `null` where the line is none. */
export function parsedCommand(line: string): ParsedCommand | null {
  if (!line.startsWith('::')) return null;
  const end = line.indexOf('::', 2);
  if (end < 0) return null;
  const head = line.slice(2, end);
  const space = head.indexOf(' ');
  const list = space < 0 ? '' : head.slice(space + 1);
  const pairs = list === '' ? [] : list.split(',').map((pair) => pair.split(/=(.*)/s));
  return {
    name: space < 0 ? head : head.slice(0, space),
    properties: Object.fromEntries(pairs.map(([key = '', value = '']) => [key, unescapedProperty(value)])),
    message: unescapedData(line.slice(end + 2)),
  };
}

function unescapedData(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
}

function unescapedProperty(text: string): string {
  return unescapedData(text.replaceAll('%2C', ',').replaceAll('%3A', ':'));
}
