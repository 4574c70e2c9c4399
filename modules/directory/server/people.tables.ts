import { bigInteger } from '#core/sql/server/columns.ts'
import type { Migration } from '#core/sql/server/database.ts'

export type PeopleTables = {
  person: { id: string; account: string; name: string; roles: string; unit: string | null; password: string; state: string; created_at: number }
  /** Sessions and API tokens; only the hash of a token is at rest. */
  token: { hash: string; id: string; person: string; kind: string; name: string; roles: string | null; created_at: number; seen_at: number; expires_at: number }
  /** One-time secrets: the set-up link and enrolment of stations. */
  one_time: { hash: string; purpose: string; body: string; expires_at: number; used_at: number | null; created_by: string }
  unit: { id: string; name: string; position: number }
  /** What people did to people, keys and doors here: for the audit administrator. */
  deed: { id: string; at: number; person: string; account: string; deed: string; about: string }
}

export const peopleTables: Migration = {
  name: 'directory-002-people',
  up: async (db) => {
    await db.schema.createTable('person')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account', 'text', (c) => c.notNull().unique())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('roles', 'text', (c) => c.notNull())
      .addColumn('unit', 'text')
      .addColumn('password', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('created_at', bigInteger, (c) => c.notNull())
      .execute()
    await db.schema.createTable('token')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull().unique())
      .addColumn('person', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('roles', 'text')
      .addColumn('created_at', bigInteger, (c) => c.notNull())
      .addColumn('seen_at', bigInteger, (c) => c.notNull())
      .addColumn('expires_at', bigInteger, (c) => c.notNull())
      .execute()
    await db.schema.createIndex('token_by_person').on('token').column('person').execute()
    await db.schema.createTable('one_time')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('expires_at', bigInteger, (c) => c.notNull())
      .addColumn('used_at', bigInteger)
      .addColumn('created_by', 'text', (c) => c.notNull())
      .execute()
    await db.schema.createTable('unit')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .addColumn('position', bigInteger, (c) => c.notNull())
      .execute()
    await db.schema.createTable('deed')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('at', bigInteger, (c) => c.notNull())
      .addColumn('person', 'text', (c) => c.notNull())
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('deed', 'text', (c) => c.notNull())
      .addColumn('about', 'text', (c) => c.notNull())
      .execute()
  },
}
