// How the page writes numbers, instants and ages: exact decimals stay exact, and what is unknown is said.

const MINUS = '−';

/** What stands for a figure that nobody knows. */
export const UNKNOWN = 'unknown';

interface DecimalStyle {
  readonly places: number;
  /** More decimals than `places` are shown where the text has them, up to this. */
  readonly placesMax?: number;
  /** A plus before gains. */
  readonly isSigned?: boolean;
}

/** How most amounts are written. */
export const MONEY: DecimalStyle = { places: 2 };
/** How gains and losses are. */
export const GAIN: DecimalStyle = { places: 2, isSigned: true };

const formats = new Map<string, Intl.NumberFormat>();

function formatOf({ places, placesMax = places, isSigned = false }: DecimalStyle): Intl.NumberFormat {
  const key = `${places} ${placesMax} ${isSigned}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: places,
    maximumFractionDigits: Math.max(places, placesMax),
    signDisplay: isSigned ? 'exceptZero' : 'negative',
  });
  formats.set(key, made);
  return made;
}

/** Returns a decimal text with groups of thousands, rounded to the places of its style; `unknown` for `null`. */
export function decimal(text: string | null, style: DecimalStyle): string {
  if (text === null) return UNKNOWN;
  return formatOf(style)
    .format(text as Intl.StringNumericLiteral)
    .replace('-', MINUS);
}

/** The same of a number, as charts hold it. */
export function figure(value: number | null | undefined, style: DecimalStyle): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return formatOf(style).format(value).replace('-', MINUS);
}

/** Returns how many decimals a text has. */
export function placesOf(text: string | null): number {
  return text === null ? 0 : (text.split('.')[1]?.length ?? 0);
}

/** Returns −1, 0 or 1, and 0 for what is unknown. */
export function signOf(text: string | null): -1 | 0 | 1 {
  if (text === null || !/[1-9]/.test(text)) return 0;
  return text.startsWith('-') ? -1 : 1;
}

/** Returns a duration in its two largest units, `2 h 5 min`; below a second it is `0 s`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3_600)];
  const [minutes, rest] = [Math.floor((seconds % 3_600) / 60), seconds % 60];
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  if (minutes > 0) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return `${rest} s`;
}

/** Returns an instant in UTC: `14:03:09`, with its day where that is not the day of `nowMs`. */
export function instantText(ms: number, nowMs: number): string {
  const iso = new Date(ms).toISOString();
  const time = iso.slice(11, 19);
  return iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10)
    ? time
    : `${iso.slice(5, 10)} ${time}`;
}

/** Ids are long, and their ends tell them apart. */
export function shortId(id: string): string {
  return id.length <= 12 ? id : `…${id.slice(-8)}`;
}
