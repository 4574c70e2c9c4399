import type { ColumnDefinitionBuilder, ColumnDataType } from 'kysely'
import type { Dialect } from './database.ts'

/** The column type for counts and times: 8 bytes on both databases (`integer` is 4 bytes in PostgreSQL, too few for epoch ms). */
export const bigInteger = 'bigint' satisfies ColumnDataType

/** Type and modifier of a primary key that counts up by itself and never reuses a number: `.addColumn('position', ...countingKey(dialect))`. */
export function countingKey(dialect: Dialect): [ColumnDataType, (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder] {
  return dialect === 'sqlite'
    ? ['integer', (column) => column.primaryKey().autoIncrement()]
    : ['bigserial', (column) => column.primaryKey()]
}
