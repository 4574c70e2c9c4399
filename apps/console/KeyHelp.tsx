import { Modal } from 'antd'
import { useActiveKeys } from '#core/ui/web/keys.ts'
import { useSay, useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'

const faces: Record<string, string> = { 'ctrl+k': 'Ctrl K', ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' }

/** The keys that work on the page one is looking at. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const say = useText(consoleTexts)
  return <Modal open={open} onCancel={onClose} footer={null} title={say('help.title')} destroyOnHidden><Keys /></Modal>
}

function Keys() {
  const sayKey = useSay()
  const rows = new Map(useActiveKeys().map((binding) => [`${binding.help.ns} ${binding.help.key}`, binding]))
  return (
    <dl className="key-help">
      {[...rows.values()].map((b) => (
        <div key={b.keys.join()}><dt>{b.keys.map((key) => <kbd key={key}>{faces[key] ?? key}</kbd>)}</dt><dd>{sayKey(b.help)}</dd></div>
      ))}
    </dl>
  )
}
