import { z } from 'zod'
import { newId, refuse } from '#core/kernel/index.ts'
import type { App } from '#core/http/server/app.ts'
import type { Station } from '#core/station/server/module.ts'
import { deedSchema, nameSchema, newPersonBody, pageQuery, personChange, personRowSchema, unitSchema } from '../people.api.ts'
import type { People } from './people.ts'
import type { PeopleTables } from './people.tables.ts'

const tags = ['people']
const query = z.object({ q: z.string().trim().max(64).optional(), ...pageQuery })

/** People of this station and its offices 处室; and what the audit administrator may see of it. */
export function peopleRoutes(app: App, station: Station, people: People): void {
  const read = () => station.database.read.withTables<PeopleTables>()

  app.get('/api/people', { schema: { tags, summary: 'People of this station', querystring: query, response: { 200: z.object({ items: z.array(personRowSchema), total: z.int() }) } }, config: { permission: 'people.read' } },
    (request) => people.list(request.query))

  app.post('/api/people', { schema: { tags, summary: 'A new person', body: newPersonBody, response: { 201: personRowSchema } }, config: { permission: 'people.manage' } },
    async (request, reply) => reply.status(201).send(await people.create(request.person, request.body)))

  app.patch('/api/people/:id', { schema: { tags, summary: 'Change a person', params: z.object({ id: z.string().max(40) }), body: personChange, response: { 200: personRowSchema } }, config: { permission: 'people.manage' } },
    async (request) => {
      const changed = await people.change(request.person, request.params.id, request.body)
      app.rightsChanged(changed.id)
      return changed
    })

  app.get('/api/units', { schema: { tags, summary: 'Offices 处室', response: { 200: z.object({ items: z.array(unitSchema), total: z.int() }) } }, config: { permission: 'unit.read' } }, async () => {
    const items = await read().selectFrom('unit').select(['id', 'name']).orderBy('position').execute()
    return { items, total: items.length }
  })

  app.post('/api/units', { schema: { tags, summary: 'A new office', body: z.strictObject({ name: nameSchema }), response: { 201: unitSchema } }, config: { permission: 'unit.manage' } }, async (request, reply) => {
    const { name } = request.body
    const id = newId(station.clock.now())
    await station.database.write(async (tx) => {
      const tables = tx.withTables<PeopleTables>()
      const same = await tables.selectFrom('unit').select('id').where('name', '=', name).executeTakeFirst()
      if (same) throw refuse('unit.name-taken', `处室“${name}”已存在`, `The office “${name}” exists already`, [{ field: 'name', message: { zh: '换一个名称', en: 'choose another name' } }])
      const { last } = await tables.selectFrom('unit').select((e) => e.fn.max('position').as('last')).executeTakeFirstOrThrow()
      await tables.insertInto('unit').values({ id, name, position: (last ?? 0) + 1 }).execute()
    })
    return reply.status(201).send({ id, name })
  })

  app.get('/api/deeds', { schema: { tags, summary: 'What people did to accounts, keys and doors here', querystring: z.object(pageQuery), response: { 200: z.object({ items: z.array(deedSchema), total: z.int() }) } }, config: { permission: 'people.deeds' } }, async (request) => {
    const { page, size } = request.query
    const { total } = await read().selectFrom('deed').select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const items = await read().selectFrom('deed').select(['id', 'at', 'account', 'deed', 'about']).orderBy('id', 'desc').limit(size).offset((page - 1) * size).execute()
    return { items, total }
  })
}
