/** What is wrong with a module's texts in the two languages; empty when nothing is. For each module's test. */
export function textFaults(zh: Record<string, string>, en: Record<string, string>): string[] {
  const faults: string[] = []
  for (const key of new Set([...Object.keys(zh), ...Object.keys(en)])) {
    const [chinese, english] = [zh[key], en[key]]
    if (chinese === undefined) faults.push(`${key}: no Chinese`)
    else if (english === undefined) faults.push(`${key}: no English`)
    else if ((chinese.trim() === '') !== (english.trim() === '')) faults.push(`${key}: empty in one language`)
    else if (filledIn(chinese) !== filledIn(english)) faults.push(`${key}: other values are filled in`)
  }
  return faults
}

function filledIn(text: string): string {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort((a, b) => (a < b ? -1 : 1)).join(' ')
}
