// One line that GitHub Actions reads as a command: `::error file=a.jsonl,line=3::message`.

/**
 * Returns the command without its newline, escaped as GitHub documents it: no text ends its property, its line or the command.
 * Properties that are `null` or empty are left out.
 */
export function workflowCommand(
  name: string,
  properties: Readonly<Record<string, string | number | null>>,
  message: string,
): string {
  const given = Object.entries(properties).filter(([, value]) => value !== null && value !== '');
  const list = given.map(([key, value]) => `${key}=${escapedProperty(String(value))}`).join(',');
  return `::${name}${list === '' ? '' : ` ${list}`}::${escapedData(message)}`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
