// The page: a header for all views, and the view of the address.
import './style/base.css';
import './style/pages.css';
import './style/views.css';
import 'uplot/dist/uPlot.min.css';

import type {ComponentType} from 'preact';
import {render} from 'preact';
import {useEffect, useState} from 'preact/hooks';

import {getJson, Project} from './base/api';
import {ErrorBoundary} from './base/boundary';
import {useKeys, useLoaded} from './base/hooks';
import {viewPath} from './base/refs';
import {currentPlace, go, listPath, Place, usePlace} from './base/router';
import {Empty, Loading} from './base/ui';
import {Header} from './header';
import {Help} from './help';
import {TraceList} from './list/list';
import {TraceView} from './trace/view';

export interface ViewProps {
  place: Place;
  projectId: string;
  id: string;  // the last segment, where the view has one
}

type Lazy = () => Promise<ComponentType<ViewProps>>;

// What few visits need is loaded by those.
const more = () => import('./views/more');
const loadCharts: Lazy = async () => (await import('./views/charts')).View;
const loadDatasets: Lazy = async () => (await more()).DatasetsView;
const loadDiff: Lazy = async () => (await more()).TraceDiffView;
const loadEvaluations: Lazy = async () => (await more()).EvaluationsView;
const loadObjects: Lazy = async () => (await more()).ObjectsView;
const loadThreads: Lazy = async () => (await more()).ThreadsView;

const VIEWS: Record<string, {load: Lazy, tab: string}> = {
  charts: {load: loadCharts, tab: 'charts'},
  dataset: {load: loadDatasets, tab: 'datasets'},
  datasets: {load: loadDatasets, tab: 'datasets'},
  diff: {load: loadDiff, tab: 'traces'},
  evaluations: {load: loadEvaluations, tab: 'evaluations'},
  object: {load: loadObjects, tab: 'objects'},
  objects: {load: loadObjects, tab: 'objects'},
  thread: {load: loadThreads, tab: 'threads'},
  threads: {load: loadThreads, tab: 'threads'},
};

interface Target {
  view: string;
  projectId: string | null;
  id: string;
  tab: string;
}

function targetOf({segments, params}: Place): Target {
  if (segments.length === 1 && segments[0] === '') {
    return {view: 'list', projectId: params.get('project'), id: '',
            tab: 'traces'};
  }
  const [entity, project, , view, id = ''] = segments;
  const projectId = `${entity}/${project}`;
  if (view === 'call' || view === 'trace') {
    return {view, projectId, id, tab: 'traces'};
  }
  return {view, projectId, id, tab: VIEWS[view]?.tab ?? ''};
}

// From one thing to the list of such things, and from there to the traces.
function pathBack({view, projectId, tab}: Target): string {
  return projectId === null ? '/' : tab === 'traces' || view === tab
      ? listPath(projectId) : viewPath(projectId, tab);
}

function LazyView({load, ...props}: ViewProps & {load: Lazy}) {
  const [view, setView] = useState<{View: ComponentType<ViewProps>}>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    let here = true;
    load().then(
        View => { if (here) setView({View}); },
        reason => { if (here) setError(reason); });
    return () => { here = false; };
  }, [load]);
  if (error) {
    return <Empty title="This part of the page could not be loaded.">
      <button onClick={() => location.reload()}>Reload</button>
    </Empty>;
  }
  return view ? <view.View {...props} /> : <Loading />;
}

function App() {
  const place = usePlace();
  const target = targetOf(place);
  const [help, setHelp] = useState(false);
  const projects = useLoaded('projects', signal =>
    getJson<{projects: Project[]}>('/_bobbin/projects', signal));
  const keys: Parameters<typeof useKeys>[0] = {'?': () => setHelp(true)};
  // The list and the trace know of more that is to be left first.
  if (VIEWS[target.view]) keys.Escape = () => go(pathBack(target));
  useKeys(keys);
  const list = projects.data?.projects;
  // Views of one project show the newest one when none was chosen.
  const projectId = target.projectId ?? null;
  const tabProject = projectId ?? list?.[0]?.project_id ?? null;

  let view;
  if (target.view === 'list') {
    view = <TraceList projectId={projectId} place={place}
      projects={projects} />;
  } else if (target.view === 'call' || target.view === 'trace') {
    view = <TraceView projectId={projectId!} id={target.id}
      byTrace={target.view === 'trace'} place={place} />;
  } else if (VIEWS[target.view]) {
    view = <LazyView key={`${target.view} ${projectId} ${target.id}`}
      load={VIEWS[target.view].load} place={place} projectId={projectId!}
      id={target.id} />;
  } else {
    view = <Empty title="There is no such page.">
      <a href="/">All traces</a>
    </Empty>;
  }
  return (
    <>
      <a class="skip" href="#main" onClick={event => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}>Skip to the content</a>
      <Header tab={target.tab} projectId={projectId} tabProject={tabProject}
        projects={list} onHelp={() => setHelp(true)} />
      <main id="main" tabIndex={-1}>
        <ErrorBoundary
          key={target.view === 'trace' ? 'call' : target.view}>{view}</ErrorBoundary>
      </main>
      <Help open={help} onClose={() => setHelp(false)} />
    </>
  );
}

// Addresses of the hosted service's page, which SDKs print.
const [entity, project, mark, kind, id, , digest] = currentPlace().segments;
if (mark === 'weave') {
  const at = `/${encodeURIComponent(entity)}/${encodeURIComponent(project)}/r`;
  if (kind === 'calls') go(`${at}/call/${encodeURIComponent(id)}`, true);
  else if (kind === 'objects' || kind === 'ops') {
    go(`${at}/object/${encodeURIComponent(id)}` +
       (digest ? `?v=${encodeURIComponent(digest)}` : ''), true);
  } else {
    go(`/?project=${encodeURIComponent(`${entity}/${project}`)}`, true);
  }
}

render(<App />, document.getElementById('app')!);
