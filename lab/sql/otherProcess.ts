import { openDatabase } from '#core/sql/server/open.ts'
import { migrate } from '#core/sql/server/migrate.ts'

// A second process on the same database, for the contract suite: `node otherProcess.ts <work> <url>`.
// `count` adds 1 to the counter 50 times, reading and then writing; `migrate` brings the tables up to date;
// `insert` inserts rows for ever, printing each number only after its commit, until it is killed.

type Tables = { counter: { id: number; value: number }; line: { n: number; words: string } }

const [work, url] = process.argv.slice(2)
if (!work || !url) throw new Error('usage: otherProcess.ts <count|migrate|insert> <url>')
const database = openDatabase(url)

if (work === 'count') {
  for (let i = 0; i < 50; i++) await addOne()
} else if (work === 'migrate') {
  await migrate(database, [{
    name: 'shared-001',
    up: async (db) => {
      await db.schema.createTable('shared').addColumn('id', 'integer', (c) => c.primaryKey()).execute()
    },
  }], Date.now())
} else {
  for (let n = 1; ; n++) {
    await database.write(async (tx) => {
      await tx.withTables<Tables>().insertInto('line').values({ n, words: `第 ${n} 行` }).execute()
    })
    process.stdout.write(`${n}\n`)
  }
}
await database.close()

async function addOne(): Promise<void> {
  await database.write(async (tx) => {
    const db = tx.withTables<Tables>()
    const { value } = await db.selectFrom('counter').select('value').where('id', '=', 1).executeTakeFirstOrThrow()
    await new Promise((resolve) => setImmediate(resolve))
    await db.updateTable('counter').set({ value: value + 1 }).where('id', '=', 1).execute()
  })
}
