// Numbers as people read them in mails: few digits, thousands separated, and a dash for what is unknown.

const DIGITS = 3;

/**
 * Returns `value` with three significant digits and all digits before the point, `6,120` or `0.0005`; `–` for `null`.
 * Never an exponent.
 */
export function numberText(value: number | null): string {
  if (value === null) return '–';
  const size = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  const decimals = Math.min(20, Math.max(0, DIGITS - size));
  const [whole = '', part] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  const tail = part?.replace(/0+$/, '') ?? '';
  const digits = tail === '' ? grouped : `${grouped}.${tail}`;
  return value < 0 && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/** Returns a share as `41 %`; `–` for `null`. */
export function percentText(share: number | null): string {
  return share === null ? '–' : `${numberText(100 * share)} %`;
}
