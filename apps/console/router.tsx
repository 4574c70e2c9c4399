import { createRootRoute, createRoute, createRouter, defaultStringifySearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Loading } from '#core/ui/web/States.tsx'
import type { Screen } from '#core/ui/web/screen.ts'
import { NotFound } from './NotFound.tsx'
import { ScreenFrame } from './ScreenFrame.tsx'
import { screens } from './screens.ts'
import { Shell } from './Shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })

// Draws nothing: the shell goes on to the first page that this person may see.
const start = createRoute({ getParentRoute: () => root, path: '/' })

export const router = createRouter({
  routeTree: root.addChildren([start, ...screens.map(routeOf)]),
  // Screens load when opened; nothing is fetched for links one merely passes over.
  defaultPreload: false,
  scrollRestoration: true,
  // Beside the map the page scrolls by itself, not the window.
  scrollToTopSelectors: ['#content'],
  // Legal in a search, and links to the map stay readable.
  stringifySearch: (search) => defaultStringifySearch(search).replaceAll('%2C', ',').replaceAll('%21', '!'),
})

function routeOf(screen: Screen) {
  const Component = lazy(async () => ({ default: await screen.load() }))
  return createRoute({
    getParentRoute: () => root,
    path: screen.path,
    component: () => <ScreenFrame screen={screen}><Suspense fallback={<Loading />}><Component /></Suspense></ScreenFrame>,
  })
}
