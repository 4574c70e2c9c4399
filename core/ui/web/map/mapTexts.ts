import { defineTexts } from '../texts.ts'
import { en } from './map.en.ts'
import { zh } from './map.zh.ts'

export const mapTexts = defineTexts('map', zh, en)
