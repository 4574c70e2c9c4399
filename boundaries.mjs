// Who may know whom. The import linter reads this; nothing else decides it.

/** Core folders, lowest first: each may import itself and any folder above it in this list. */
export const core = ['kernel', 'sql', 'geo', 'ledger', 'files', 'replicate', 'http', 'live', 'station', 'ui']

/** Business modules and the modules whose `index.ts` each may import. Edges form no ring. */
export const modules = {
  directory: [],
  norms: ['directory'],
  incident: ['directory', 'norms'],
  report: ['directory', 'norms', 'incident'],
  plot: ['directory', 'norms', 'incident'],
  situation: ['directory', 'norms', 'incident', 'report', 'plot'],
}
