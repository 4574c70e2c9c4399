/** The shared picture on the map. */
export function SituationPart() {
  return null
}
