import { Component, type ReactNode } from 'react'

/** A part that breaks takes itself off the map, not the map or the page. */
export class PartBoundary extends Component<{ onBreak: () => void; children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }
  static getDerivedStateFromError() {
    return { broken: true }
  }
  override componentDidCatch() {
    this.props.onBreak()
  }
  override render() {
    return this.state.broken ? null : this.props.children
  }
}
