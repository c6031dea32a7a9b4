/** The page's own light and dark: follows the system until the user chooses, and is remembered by this browser. */

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'drydock.theme';

/** Runs in the head before the first paint, and follows the system from then on; must not throw where storage is refused. */
export const themeScript = `(function(){var m=matchMedia('(prefers-color-scheme: dark)');function f(){var t='system';
try{t=localStorage.getItem('${KEY}')||t}catch(e){}if(t!=='light'&&t!=='dark')t=m.matches?'dark':'light';
document.documentElement.dataset.theme=t}f();m.addEventListener('change',f)})()`;

/** Chosen for this page alone, by the page of another site that shows it. */
let held: Theme | undefined;

/** What the user chose. */
export function readTheme(): Theme {
  if (held !== undefined) return held;
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

/** What a choice looks like now. */
export function resolveTheme(theme: Theme): 'light' | 'dark' {
  if (theme !== 'system') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Applies and remembers a choice, and tells the listeners. */
export function chooseTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage refused: the choice holds until the page is left.
  }
  applyTheme(theme);
}

/** Applies a choice to this page alone, and remembers nothing. */
export function holdTheme(theme: Theme): void {
  held = theme;
  applyTheme(theme);
}

const listeners = new Set<() => void>();

function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = resolveTheme(theme);
  for (const listener of listeners) listener();
}

/** Calls `listener` whenever the look changes, by the user or by the system; returns the way to stop. */
export function onThemeChange(listener: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => applyTheme(readTheme());
  listeners.add(listener);
  media.addEventListener('change', follow);
  return () => {
    listeners.delete(listener);
    media.removeEventListener('change', follow);
  };
}
