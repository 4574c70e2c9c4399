import { core, modules } from './boundaries.mjs'

const under = (folder) => `^${folder}/`
const coreRules = core.map((name, i) => ({
  name: `core-${name}`,
  comment: 'core folders import only folders above them in boundaries.mjs',
  severity: 'error',
  from: { path: under(`core/${name}`) },
  to: { path: '^(core|hazards|modules|apps)/', pathNot: core.slice(0, i + 1).map((c) => under(`core/${c}`)) },
}))

const moduleRules = Object.entries(modules).flatMap(([name, known]) => [
  {
    name: `module-${name}`,
    comment: 'a module imports its own files, core, hazards, and the index.ts of the modules declared for it',
    severity: 'error',
    from: { path: under(`modules/${name}`) },
    to: {
      path: '^(modules|apps)/',
      pathNot: [under(`modules/${name}`), ...known.map((m) => `^modules/${m}/index\\.ts$`)],
    },
  },
  {
    name: `module-${name}-root-runs-anywhere`,
    severity: 'error',
    from: { path: `^modules/${name}/[^/]+$`, pathNot: '\\.test\\.ts$' },
    to: { path: '/(server|web)/' },
  },
  {
    name: `module-${name}-server-not-web`,
    severity: 'error',
    from: { path: `^modules/${name}/server/` },
    to: { path: '/web/' },
  },
  {
    name: `module-${name}-web-not-server`,
    severity: 'error',
    from: { path: `^modules/${name}/web/` },
    to: { path: '/server/' },
  },
])

export default {
  forbidden: [
    { name: 'no-ring', severity: 'error', from: {}, to: { circular: true } },
    { name: 'core-root-runs-anywhere', severity: 'error', from: { path: '^core/[^/]+/[^/]+$', pathNot: '\\.test\\.ts$' }, to: { path: '/(server|web)/' } },
    { name: 'core-server-not-web', severity: 'error', from: { path: '^core/[^/]+/server/' }, to: { path: '/web/' } },
    { name: 'core-web-not-server', severity: 'error', from: { path: '^core/[^/]+/web/' }, to: { path: '/server/' } },
    { name: 'hazards', severity: 'error', from: { path: '^hazards/' }, to: { path: '^(core|modules|apps|lab)/', pathNot: ['^core/kernel/', '^core/geo/'] } },
    { name: 'apps-imported-by-none', severity: 'error', from: { pathNot: '^(apps|lab|scripts)/' }, to: { path: '^apps/' } },
    { name: 'lab-imported-by-none', severity: 'error', from: { pathNot: '(^lab/|\\.test\\.tsx?$)' }, to: { path: '^lab/' } },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\.css$' } },
    { name: 'modules-are-declared', severity: 'error', from: { path: '^modules/', pathNot: `^modules/(${Object.keys(modules).join('|')})/` }, to: {} },
    ...coreRules,
    ...moduleRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules|dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
  },
}
