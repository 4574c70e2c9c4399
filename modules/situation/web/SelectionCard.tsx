import { useMapSelection } from '#core/ui/web/map/mapSelection.ts'
import { FeatureCard } from './FeatureCard.tsx'
import { IncidentCard } from './IncidentCard.tsx'
import { PlaceCard } from './PlaceCard.tsx'

/** The card of what is selected. `among`: the incidents that lie on one another where one clicked. */
export function SelectionCard({ among }: { among: readonly string[] }) {
  const [selection] = useMapSelection()
  if (selection?.kind === 'incident') return <IncidentCard id={selection.id} among={among.includes(selection.id) ? among : [selection.id]} />
  if (selection?.kind === 'place') return <PlaceCard place={selection} />
  return selection?.kind === 'feature' ? <FeatureCard feature={selection} /> : null
}
