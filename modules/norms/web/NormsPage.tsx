import { EditOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { PageFrame, Panel } from '#core/ui/web/PageFrame.tsx'
import { useSession } from '#core/ui/web/session.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { TabSet } from '#core/ui/web/TabSet.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { CodesPanel } from './CodesPanel.tsx'
import { GradingPanel } from './GradingPanel.tsx'
import { PublishDrawer } from './PublishDrawer.tsx'
import { ReportingPanel } from './ReportingPanel.tsx'
import { VersionsPanel } from './VersionsPanel.tsx'
import { normsTexts } from './normsTexts.ts'
import { useNorms } from './useNorms.ts'

/** 规范: what is demanded of reports here, who demands it, and revising it. */
export function NormsPage() {
  const say = useText(normsTexts)
  const norms = useNorms()
  const { person } = useSession()
  const [revising, setRevising] = useState(false)
  const mayPublish = person.roles.some((role) => role === 'leader' || role === 'admin')
  return (
    <PageFrame
      title={say('title')} aside={<span className="small">{say('intro')}</span>}
      actions={mayPublish && norms.data ? <Button type="primary" icon={<EditOutlined />} onClick={() => setRevising(true)}>{say('publish')}</Button> : null}
    >
      <Panel>
        <Fetched query={norms}>
          {({ items }) => (
            <TabSet
              label={say('title')}
              tabs={[
                { key: 'reporting', label: say('tab.reporting'), content: () => <ReportingPanel items={items} /> },
                { key: 'grading', label: say('tab.grading'), content: () => <GradingPanel items={items} /> },
                { key: 'codes', label: say('tab.codes'), content: () => <CodesPanel /> },
                { key: 'versions', label: say('tab.versions'), content: () => <VersionsPanel /> },
              ]}
            />
          )}
        </Fetched>
      </Panel>
      {norms.data ? <PublishDrawer open={revising} onClose={() => setRevising(false)} norms={norms.data} /> : null}
    </PageFrame>
  )
}
