// Light or dark: as the system has it, until a person chooses, and then as chosen. Kept in this browser.

const KEY = 'pink-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

function chosen(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
    return document.documentElement.dataset['theme'] ?? null;
  }
}

function isDark(): boolean {
  const choice = chosen();
  return choice === null ? dark.matches : choice === 'dark';
}

function show(): void {
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light';
  const button = document.getElementById('theme');
  if (button !== null) button.setAttribute('aria-pressed', String(isDark()));
  document.dispatchEvent(new Event('pink-theme'));
}

function choose(): void {
  const next = isDark() ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // As above.
  }
  show();
}

dark.addEventListener('change', show);
document.getElementById('theme')?.addEventListener('click', choose);
show();
