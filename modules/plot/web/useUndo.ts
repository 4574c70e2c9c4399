import { App } from 'antd'
import { useMemo } from 'react'
import { useText } from '#core/ui/web/texts.ts'
import { useDesk, usePlot } from './deskContext.ts'
import { plotTexts } from './plotTexts.ts'

/** Takes back one's own last act, or does it again; says what was left alone. */
export function useUndo(): { may: { undo: boolean; redo: boolean }; turn: (which: 'undo' | 'redo') => void } {
  const { desk } = usePlot()
  const say = useText(plotTexts)
  const { message } = App.useApp()
  const acts = useDesk((state) => state.acts)
  return useMemo(() => ({
    may: { undo: acts.done.length > 0, redo: acts.undone.length > 0 },
    turn: (which) => {
      const skipped = desk.turn(which)
      if (skipped === null) void message.info(say(`${which}.nothing`))
      else if (skipped > 0) void message.warning(say('undo.skipped', { n: skipped }))
    },
  }), [acts, desk, message, say])
}
