/** For a Modal's `afterOpenChange`: the first field, else the confirming button, so that a dialog needs no mouse. Never takes the focus from a field one is already typing in. */
export function focusDialog(open: boolean): void {
  if (!open) return
  requestAnimationFrame(() => {
    const dialog = [...document.querySelectorAll('.ant-modal')].at(-1)
    if (dialog?.querySelector('.ant-modal-body :is(input, textarea):focus')) return
    const field = dialog?.querySelector<HTMLElement>('.ant-modal-body :is(input, textarea):not([disabled])')
    ;(field ?? dialog?.querySelector<HTMLElement>('.ant-modal-footer .ant-btn-primary'))?.focus()
  })
}
