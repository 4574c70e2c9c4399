import { useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { useStations } from './names.ts'
import type { FactProof, FactVerdict } from './verifyFact.ts'

export type ShownVerdict = FactVerdict | 'checking' | 'unread'

/** Checks the facts of one subject here in the browser, one after the other, so that the screen stays alive. */
export function useVerification(subject: string, facts: readonly string[]) {
  const [verdicts, setVerdicts] = useState<Record<string, ShownVerdict>>({})
  const [running, setRunning] = useState(false)
  const stations = useStations()

  const start = async () => {
    setRunning(true)
    const { verifyFact } = await import('./verifyFact.ts')
    const items = stations.data?.items
    const keysOf = (address: string) => items?.find((s) => s.address === address)?.keys?.map((key) => key.publicKey) ?? null
    for (const id of facts) {
      setVerdicts((before) => ({ ...before, [id]: 'checking' }))
      const verdict = await api.get<FactProof>(`/api/facts/${id}`).then((proof) => verifyFact(proof, { id, subject, keysOf }), (): ShownVerdict => 'unread')
      setVerdicts((before) => ({ ...before, [id]: verdict }))
    }
    setRunning(false)
  }
  return { verdicts, running, start }
}
