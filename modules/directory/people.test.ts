import { describe, expect, it } from 'vitest'
import type { Role } from '#core/http/roles.ts'
import { grant, mayHold, passwordFault } from './people.rules.ts'

describe('three administrators kept apart', () => {
  it.each<[Role[], string | undefined]>([
    [['admin', 'security'], 'people.administrators-apart'],
    [['admin', 'audit'], 'people.administrators-apart'],
    [['security', 'audit'], 'people.administrators-apart'],
    [['security', 'duty'], 'people.role-alone'],
    [['audit', 'leader'], 'people.role-alone'],
    [[], 'people.no-role'],
    [['admin', 'duty'], undefined],
    [['security'], undefined],
    [['duty', 'leader'], undefined],
  ])('%j → %s', (roles, code) => { expect(mayHold(roles)?.code).toBe(code) })

  it('nobody changes their own roles', () => {
    expect(grant({ id: 'a' }, { id: 'a' }, ['duty'])?.code).toBe('people.own-roles')
    expect(grant({ id: 'a' }, { id: 'b' }, ['duty'])).toBeNull()
  })
})

it.each([['short', false], ['duty-officer-1', false], ['aaaaaaaaaaaa', false], ['correct horse battery', true], ['雪山下的第七号哨所今夜值班', true]])('password %s', (password, fit) => {
  expect(passwordFault(password, 'duty') === null).toBe(fit)
})
