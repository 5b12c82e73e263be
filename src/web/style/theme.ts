// Dark or light: what the system says, unless the toggle was used. Loaded on
// its own, so that the choice is there before the first paint.
const KEY = 'bobbin-theme';

export type Theme = 'dark' | 'light';

const system = matchMedia('(prefers-color-scheme: light)');

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return system.matches ? 'light' : 'dark';
}

export function toggleTheme(): void {
  const next = currentTheme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  localStorage.setItem(KEY, next);
  window.dispatchEvent(new Event('bobbin-theme'));
}

const chosen = localStorage.getItem(KEY);
if (chosen === 'dark' || chosen === 'light') {
  document.documentElement.dataset.theme = chosen;
}
