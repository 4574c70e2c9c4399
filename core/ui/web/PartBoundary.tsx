import { Component, type ReactNode } from 'react'
import { useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

interface PartProps {
  /** What it shows: when that is another, it is tried again. */
  of?: unknown
  /** In its place; a line of words where nothing is given. */
  instead?: ReactNode
  onBreak?: () => void
  children: ReactNode
}

/** A part that breaks takes itself away, not the page: a row its line, a card its panel, a map's part itself. */
export class PartBoundary extends Component<PartProps, { isBroken: boolean; of: unknown }> {
  override state = { isBroken: false, of: this.props.of }
  static getDerivedStateFromError() {
    return { isBroken: true }
  }
  static getDerivedStateFromProps({ of }: PartProps, state: { isBroken: boolean; of: unknown }) {
    return Object.is(of, state.of) ? null : { isBroken: false, of }
  }
  override componentDidCatch() {
    this.props.onBreak?.()
  }
  override render() {
    const { instead = <Broken />, children } = this.props
    return this.state.isBroken ? instead : children
  }
}

function Broken() {
  const say = useText(uiTexts)
  return <p className="soft" role="alert">{say('part.broken')}</p>
}
