/** Fills an SVG path on a canvas; apart because the linter takes `fill` with an object for an array's. */
export function fillPath(pen: CanvasRenderingContext2D, path: string): void {
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas is no array
  pen.fill(new Path2D(path), 'nonzero')
}
