import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const station = process.env.FENGSUI_STATION ?? 'http://127.0.0.1:7003'

/** Built into `dist`, which every station serves; in development `/api` goes to a running station. */
export default defineConfig({
  root,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Fonts stay files of their own: the browser takes only the character ranges a page shows.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600,
  },
  server: { proxy: { '/api': { target: station, ws: true } } },
})
