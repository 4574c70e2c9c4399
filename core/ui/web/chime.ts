import { useSyncExternalStore } from 'react'

const remembered = 'fengsui.sound'
let on = typeof localStorage === 'undefined' || localStorage.getItem(remembered) !== 'off'
const listeners = new Set<() => void>()
let audio: AudioContext | undefined

/** Whether arrivals may be heard; remembered by the browser. */
export function useSound(): [boolean, (next: boolean) => void] {
  return [useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => { listeners.delete(listener) }
  }, () => on), setSound]
}

/** Two rising notes; a third when it is grave. Silent until the page has been touched once: browsers insist. */
export function chime(grave: boolean): void {
  if (!on || !navigator.userActivation.hasBeenActive) return
  audio ??= new AudioContext()
  const start = audio.currentTime + 0.02
  for (const [i, pitch] of (grave ? [660, 880, 1175] : [660, 880]).entries()) note(audio, pitch, start + i * 0.18)
}

function note(context: AudioContext, pitch: number, at: number): void {
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.frequency.value = pitch
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.22, at + 0.015)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4)
  tone.connect(volume).connect(context.destination)
  tone.start(at)
  tone.stop(at + 0.42)
}

function setSound(next: boolean): void {
  on = next
  localStorage.setItem(remembered, next ? 'on' : 'off')
  for (const listener of listeners) listener()
  if (next) chime(false)
}
