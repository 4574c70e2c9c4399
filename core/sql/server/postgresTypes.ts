import { PostgresDialect, PostgresQueryCompiler, type DataTypeNode, type QueryCompiler } from 'kysely'

/** The four column types of our migrations as PostgreSQL must hold them to mean what they mean in SQLite. */
const columnTypes: Record<string, string> = {
  // Epoch milliseconds do not fit PostgreSQL's 4-byte integer.
  integer: 'bigint',
  // Its `real` has 4 bytes: a coordinate would be off by metres.
  real: 'double precision',
  blob: 'bytea',
  // Order by code point, as SQLite does, whatever the language of the server: addresses are ranges of text.
  text: 'text collate "C"',
}

class ColumnTypes extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    const name = this.parentNode?.kind === 'ColumnDefinitionNode' ? columnTypes[node.dataType] : undefined
    if (name === undefined) super.visitDataType(node)
    else this.append(name)
  }
}

export class OurPostgresDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new ColumnTypes()
  }
}
