import '@fontsource/noto-sans-sc/400.css'
import '@fontsource/noto-sans-sc/600.css'
import '#core/ui/web/ui.css'
import './console.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { LookProvider } from '#core/ui/web/look.tsx'
import { makeQueryClient } from '#core/ui/web/queries.ts'
import { wording } from '#core/ui/web/texts.ts'
import { router } from './router.tsx'

const place = document.getElementById('root')
if (!place) throw new Error('index.html has no #root')

createRoot(place).render(
  <StrictMode>
    <I18nextProvider i18n={wording}>
      <QueryClientProvider client={makeQueryClient()}>
        <LookProvider>
          <RouterProvider router={router} />
        </LookProvider>
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
)
