export function LayersIcon() {
  return <svg viewBox="0 0 24 24" width="1em" height="1em" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinejoin="round" aria-hidden="true"><path d="M12 3 2.500 8 12 13l9.500-5z" /><path d="M2.500 12 12 17l9.500-5M2.500 16 12 21l9.500-5" /></svg>
}
