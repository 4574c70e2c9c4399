import type { z } from 'zod'
import type { Refusal } from '#core/kernel/index.ts'
import { idOfSubject, newSubject, subjectOf, type FactDraft } from '#core/ledger/index.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import type { Station } from '#core/station/server/module.ts'
import * as api from '../report.api.ts'
import * as decide from '../report.decide.ts'
import { reportType } from '../report.rules.ts'
import type { ReportState } from '../report.state.ts'
import { earlierReportsOf } from './report.queries.ts'
import { loadIncident, normsOf } from './report.reading.ts'
import { knownFiles } from './report.writing.ts'

/** What a command is decided from, inside its write. */
export interface Deciding {
  writer: Writer
  station: Station
  state: ReportState
}

export interface Command<Body extends z.ZodType = z.ZodType> {
  summary: string
  permission: string
  body: Body
  decide: (input: z.output<Body>, deciding: Deciding) => FactDraft[] | Refusal | Promise<FactDraft[] | Refusal>
}

/** `POST /api/reports/{id}/{name}` for each: its body, who may, and what `report.decide.ts` needs to know. */
export const reportCommands = {
  submit: command('送审', 'report.submit', api.emptyBody, (_, { state }) => decide.submit(state)),

  sign: command('签批并上报', 'report.sign', api.signBody, async (input, { writer, state }) => decide.sign(state, input ?? {}, await situationOf(writer), {
    incident: await loadIncident(writer, state),
    earlier: await Promise.all((await earlierReportsOf(writer.tx, state.content?.incidentId ?? '')).map((subject) => writer.state(reportType, subject))),
  })),

  accept: command('签收', 'report.accept', api.acceptBody, (input, { state }) => decide.accept(state, input ?? {})),

  return: command('退回', 'report.return', api.returnBody, (input, { state }) => decide.giveBack(state, input)),

  forward: command('转报、抄送', 'report.forward', api.forwardBody, async (input, { writer, state }) =>
    decide.forward(state, input ?? {}, await situationOf(writer), await loadIncident(writer, state))),

  urge: command('催报', 'report.urge', api.urgeBody, async (input, { writer, state }) => decide.urge(state, input ?? {}, await situationOf(writer))),

  instruct: command('批示', 'report.instruct', api.instructBody, async (input, { writer, state }) =>
    decide.instruct(state, input, await situationOf(writer), await loadIncident(writer, state), idOfSubject(newSubject('instruction', writer.self, 'actual', writer.now)))),

  feedback: command('反馈', 'report.feedback', api.feedbackBody, async (input, { station, state }) =>
    decide.feedBack(state, { ...input, attachments: await knownFiles(station.files, input.attachments) })),

  merge: command('合并', 'report.merge', api.mergeBody, async (input, { writer, state }) =>
    decide.merge(state, input, await writer.state(reportType, subjectOf('report', input.into)))),

  close: command('办结', 'report.close', api.closeBody, (input, { state }) => decide.close(state, input ?? {})),
}

function command<Body extends z.ZodType>(summary: string, permission: string, body: Body, decision: Command<Body>['decide']): Command<Body> {
  return { summary, permission, body, decide: decision }
}

async function situationOf(writer: Writer): Promise<decide.Situation> {
  const { self, now, directory } = writer
  return { self, now, directory, norms: await normsOf(writer, now) }
}
