import type { Sheet } from './printSheet.ts'

/** A file that is made: its address in this browser, and its name. */
export interface MadeFile { href: string; name: string }

/** Makes the sheet a file and hands it to the browser. Where drawing took so long that the browser forgot the click, it takes no file by itself: then the link is clicked. */
export async function saveCanvas(canvas: HTMLCanvasElement, { width, height }: Sheet, title: string, format: 'png' | 'pdf'): Promise<MadeFile> {
  return save(format === 'png' ? await pngOf(canvas) : await pdfOf(canvas, width, height, title), `${title.replaceAll(/[\\/:*?"<>|\s]+/g, '_')}.${format}`)
}

function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => { if (blob) done(blob); else fail(new Error('the canvas is too large for this browser')) }, 'image/png')
  })
}

async function pdfOf(canvas: HTMLCanvasElement, width: number, height: number, title: string): Promise<Blob> {
  const { jsPDF } = await import('jspdf')
  const pdf = new jsPDF({ orientation: 'landscape', unit: 'mm', format: [width, height] })
  pdf.setProperties({ title, creator: 'Fengsui' })
  pdf.addImage(canvas.toDataURL('image/jpeg', 0.93), 'JPEG', 0, 0, width, height)
  return pdf.output('blob')
}

function save(blob: Blob, name: string): MadeFile {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  if (navigator.userActivation.isActive) link.click()
  return { href: link.href, name }
}
