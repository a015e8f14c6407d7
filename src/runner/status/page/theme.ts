// Light or dark: as the system has it, until a person chooses, and then as chosen. Kept in this browser.

const KEY = 'pink-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

/** `null`: nobody has chosen. In a browser that keeps nothing a choice lasts as long as the page. */
let choice = kept();

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function isDark(): boolean {
  return choice === null ? dark.matches : choice === 'dark';
}

function show(): void {
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light';
  const button = document.getElementById('theme');
  if (button !== null) button.setAttribute('aria-pressed', String(isDark()));
  document.dispatchEvent(new Event('pink-theme'));
}

function choose(): void {
  choice = isDark() ? 'light' : 'dark';
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // As above.
  }
  show();
}

dark.addEventListener('change', show);
document.getElementById('theme')?.addEventListener('click', choose);
show();
