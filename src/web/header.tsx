// The bar above all views: where we are, and where else one can go.
import {useEffect, useState} from 'preact/hooks';

import type {Project} from './base/api';
import {count} from './base/format';
import {useLiveState} from './base/live';
import {projectPath, viewPath} from './base/refs';
import {currentPlace, go, withParams} from './base/router';
import {currentTheme, toggleTheme} from './style/theme';

const TABS = [
  ['traces', 'Traces'],
  ['threads', 'Threads'],
  ['objects', 'Objects'],
  ['datasets', 'Datasets'],
  ['evaluations', 'Evaluations'],
  ['charts', 'Charts'],
] as const;

function tabPath(tab: string, projectId: string | null,
                 tabProject: string | null): string | undefined {
  if (tab === 'traces') {
    return projectId === null
        ? '/' : `/?project=${encodeURIComponent(projectId)}`;
  }
  return tabProject === null ? undefined : viewPath(tabProject, tab);
}

function ThemeButton() {
  const [theme, setTheme] = useState(currentTheme());
  useEffect(() => {
    const follow = () => setTheme(currentTheme());
    const system = matchMedia('(prefers-color-scheme: light)');
    window.addEventListener('bobbin-theme', follow);
    system.addEventListener('change', follow);
    return () => {
      window.removeEventListener('bobbin-theme', follow);
      system.removeEventListener('change', follow);
    };
  }, []);
  const label = theme === 'dark' ? 'Use light colours' : 'Use dark colours';
  return (
    <button class="icon-button" title={label} aria-label={label}
      onClick={toggleTheme}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {theme === 'dark'
          ? <><circle cx="8" cy="8" r="3" />
            <path d="M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1" /></>
          : <path d="M13 9.6A5.6 5.6 0 016.4 3 5.6 5.6 0 1013 9.6z" />}
      </svg>
    </button>
  );
}

function Live() {
  const state = useLiveState();
  if (state === 'none') return <span role="status" />;
  const text = state === 'on' ? 'Live' :
      state === 'connecting' ? 'Connecting' : 'Not live';
  return (
    <span class={`live live-${state}`} role="status"
      title={state === 'on'
        ? 'What is recorded appears at once' : 'Reload to see what is new'}>
      {text}
    </span>
  );
}

export function Header({tab, projectId, tabProject, projects, onHelp}: {
  tab: string,
  projectId: string | null,
  tabProject: string | null,
  projects: Project[] | undefined,
  onHelp: () => void,
}) {
  const choose = (next: string) => {
    const {segments, path} = currentPlace();
    if (path === '/') {
      go(withParams({project: next || null, op: null}));
    } else if (next && ['threads', 'objects', 'datasets', 'evaluations',
                        'charts'].includes(segments[3])) {
      go(`${projectPath(next)}/r/${segments[3]}`);
    } else {
      go(next ? `/?project=${encodeURIComponent(next)}` : '/');
    }
  };
  const known = projects?.some(row => row.project_id === projectId);
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="bobbin, all traces">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path class="brand-ends" d="M2 2.5h12M2 13.5h12" />
          <path d="M4.5 5.2h7M4.5 7.1h7M4.5 9h7M4.5 10.8h7" />
        </svg>
        bobbin
      </a>
      <select aria-label="Project" value={projectId ?? ''} class="project"
        onChange={event => choose(event.currentTarget.value)}>
        <option value="">All projects</option>
        {projectId !== null && !known &&
          <option value={projectId}>{projectId}</option>}
        {projects?.map(row => (
          <option key={row.project_id} value={row.project_id}>
            {row.project_id} ({count(row.calls)})
          </option>
        ))}
      </select>
      <nav aria-label="Views">
        {TABS.map(([id, label]) => {
          const href = tabPath(id, projectId, tabProject);
          return (
            <a key={id} href={href} aria-disabled={href === undefined}
              aria-current={id === tab ? 'page' : undefined}>
              {label}
            </a>
          );
        })}
      </nav>
      <span class="grow" />
      <Live />
      <button class="icon-button" title="Keys (?)" aria-label="Keys"
        onClick={onHelp}>?</button>
      <ThemeButton />
    </header>
  );
}
