/** A plot's layer in the map's layer tree. */
export const treeId = (layer: string): string => `plot.${layer}`
