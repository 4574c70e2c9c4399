import type { ComponentType } from 'react'
import type { Role } from '#core/http/roles.ts'
import type { Said } from './texts.ts'

/** One page of the console. Modules export theirs; `apps/console/screens.ts` is the explicit list. */
export interface Screen {
  /** TanStack Router's form: `/reports/$id`. Read parameters with `useParams({ strict: false })`. */
  path: string
  title: Said
  /** Loaded when first opened. */
  load: () => Promise<ComponentType>
  /** Who sees it in menus and search; absent: everyone signed in. The station itself decides what may be read. */
  roles?: readonly Role[]
  /** Its place in the menu; pages without one are reached from others. */
  menu?: { group: 'map' | 'duty' | 'incident' | 'system'; order: number; icon: ComponentType }
}
