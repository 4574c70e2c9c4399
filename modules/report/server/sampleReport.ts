import type { ReportAnswer } from '../report.api.ts'

const at = Date.UTC(2024, 0, 22, 18, 9)
const minute = 60_000

/** A follow-up report of the 2024 Wushi earthquake as the county prints it; for tests of what is made of a report. */
export function sampleReport(change: Partial<ReportAnswer> = {}): ReportAnswer {
  return {
    id: '01HMTX00000000000000ABCDEF.x', incidentId: '01HMTW00000000000000ABCDEF.x', kind: 'followUp', mode: 'exercise', status: 'sent',
    level: { initial: 'II', computed: 'I', reporting: 'I', confirmed: null },
    code: '11C02', title: '乌什县7.1级地震灾害续报（死亡3人、受伤5人）',
    place: { division: '652927', address: '亚曼苏柯尔克孜族乡', lon: 78.63, lat: 41.26 },
    figures: { deaths: 3, missing: null, seriousInjuries: 2, lightInjuries: 3, trapped: 0, evacuated: 12_426, lossWan: null },
    station: '65/6529/652927', stationName: '乌什县', occurredAt: at, learnedAt: at + 3 * minute, sentAt: at + 32 * minute, changedAt: at + 32 * minute,
    text: '县应急管理局已启动地震灾害二级响应，县委、县政府主要负责同志率工作组赶赴震中指挥抢险救援。\n县消防救援大队32人6车、蓝天救援队15人已出发；部分房屋倒塌，具体情况正在核查。',
    attributes: { magnitude: 7.1 }, details: { needs: '棉帐篷500顶、棉被2000床、取暖炉500台', trend: '余震不断，夜间气温-17℃' },
    attachments: [{ sha256: 'a'.repeat(64), name: '亚曼苏乡震后现场.jpg', size: 1_234_567, mediaType: 'image/jpeg' }, { sha256: 'b'.repeat(64), name: '道路中断情况表.xlsx', size: 23_456, mediaType: 'application/zip' }],
    phonedAt: at + 10 * minute, signedBy: '艾力·买买提', signedAt: at + 32 * minute, returned: null, mergedInto: null, closedAt: null, outcome: null,
    receivers: [{ station: '65/6529', name: '阿克苏地区' }, { station: '65', name: '新疆维吾尔自治区' }, { station: '65/@seismology', name: '自治区地震局' }],
    required: [], expected: [], missing: [],
    previous: { report: '01HMTW', figures: { deaths: 1, missing: null, seriousInjuries: null, lightInjuries: 4, trapped: 0, evacuated: 12_426, lossWan: null } },
    followedBy: [], deadlines: [],
    hops: [
      { station: '65/6529', name: '阿克苏地区', receivedAt: at + 32 * minute, receiptFact: 'c'.repeat(64), acceptedAt: null, acceptedBy: null, forwardedAt: null },
      { station: '65', name: '新疆维吾尔自治区', receivedAt: at + 32 * minute, receiptFact: 'd'.repeat(64), acceptedAt: null, acceptedBy: null, forwardedAt: null },
      { station: '65/@seismology', name: '自治区地震局', receivedAt: null, receiptFact: null, acceptedAt: null, acceptedBy: null, forwardedAt: null },
    ],
    instructions: [{
      instructionId: '1', fact: 'e'.repeat(64), station: '65', actor: '张伟', text: '迅速核实人员伤亡，全力组织救援，妥善安置受灾群众。', due: at + 92 * minute, to: ['65/6529/652927'], at: at + 40 * minute, doneAt: at + 80 * minute, late: false,
      feedback: [{ fact: 'f'.repeat(64), station: '65/6529/652927', actor: '王芳', text: '已搜救完毕，群众全部转移安置。', done: true, at: at + 80 * minute, attachments: [] }],
    }],
    urges: [], quality: null, timeline: [], actions: [], facts: [],
    ...change,
  }
}

/** The same report as a line of a list. */
export function sampleRow(change: Partial<ReportAnswer> = {}) {
  return { ...sampleReport(change), acceptedAt: null, nextDue: null, late: false, urged: 0 }
}
