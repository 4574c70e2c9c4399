import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemOf, problemOfFault } from './problem.ts'

const told = (fault: unknown) => {
  const problem = problemOfFault(fault)
  return problem && [problem.status, problem.code, problemOf(problem, 'zh').detail]
}

test('a database file that is none, or is damaged, is told in words with the way out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-problem-'))
  try {
    const path = join(folder, 'x.db')
    writeFileSync(path, 'not a database at all'.repeat(200))
    const db = new DatabaseSync(path)
    const fault = (() => { try { return db.prepare('select 1 from sqlite_master').all() } catch (error) { return error } })()
    db.close()
    expect(told(fault)).toEqual([503, 'storage.damaged', expect.stringContaining('fengsui doctor')])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.each(['28P01', '28000', '3D000'])('a server that does not let the station in (%s) is told in words', (code) => {
  expect(told(Object.assign(new Error('refused'), { code }))).toEqual([503, 'storage.not-let-in', expect.stringContaining('核对数据库地址和口令')])
})

test('a fault of the program is none of these', () => {
  for (const fault of [new TypeError('x is undefined'), Object.assign(new Error(), { code: '22P02' }), Object.assign(new Error(), { code: 'ERR_SQLITE_ERROR', errcode: 1 }), null, 'words']) expect(told(fault)).toBeUndefined()
})

test.each([{ code: '55P03' }, { code: '57014' }, { code: 'TURN_TOO_LATE' }])('a database that is locked or busy ($code) is told in words, and that nothing was saved', (fault) => {
  expect(told(Object.assign(new Error('waited'), fault))).toEqual([503, 'storage.busy', expect.stringContaining('没有保存')])
})

test('a pool that gets no connection is a database that is not available', () => {
  expect(told(new Error('timeout exceeded when trying to connect'))).toEqual([503, 'storage.unavailable', expect.any(String)])
})
