export * from './address.ts'
export * from './clock.ts'
export * from './id.ts'
export * from './refusal.ts'
