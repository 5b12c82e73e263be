// What few visits need, in one script: those who come get it all at once, and
// the first view is not held up by many small ones. Charts are apart, with
// their plot library.
export {View as DatasetsView} from './datasets';
export {View as EvaluationsView} from './evaluations';
export {View as ObjectsView} from './objects';
export {View as ThreadsView} from './threads';
export {View as TraceDiffView} from './trace_diff';
