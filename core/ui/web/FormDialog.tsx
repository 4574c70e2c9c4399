import { useMutation } from '@tanstack/react-query'
import { Form, Modal, type FormInstance } from 'antd'
import { useState, type ReactNode } from 'react'
import { faultsByField } from '../problem.ts'
import { isApiFault } from './api.ts'
import { FaultNote } from './States.tsx'
import { useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

interface FormDialogProps<Values extends object, Answer> {
  title: string
  open: boolean
  onClose: () => void
  /** Sends the form; faults that name a field appear at it, the rest above the form. */
  send: (values: Values) => Promise<Answer>
  onDone?: (answer: Answer) => void
  initial?: Partial<Values>
  okText?: string
  danger?: boolean
  children: ReactNode | ((form: FormInstance<Values>) => ReactNode)
}

/** A form in a dialog. Its fields' names are the API's. */
export function FormDialog<Values extends object, Answer>(props: FormDialogProps<Values, Answer>) {
  const { title, open, onClose, send, onDone, initial, okText, danger, children } = props
  const say = useText(uiTexts)
  const [form] = Form.useForm<Values>()
  const [fault, setFault] = useState<{ error: unknown; placed: boolean } | null>(null)
  const sending = useMutation({
    mutationFn: send,
    onMutate: () => setFault(null),
    onSuccess: (answer) => {
      onClose()
      onDone?.(answer)
    },
    onError: (error) => {
      const placed = placeFaults(form, error)
      // A refusal says why in its own sentence; its fields only say how to mend it.
      setFault(placed && isApiFault(error) && error.problem.status === 400 ? null : { error, placed })
    },
  })
  return (
    <Modal
      title={title} open={open} onCancel={onClose} destroyOnHidden okText={okText ?? say('dialog.save')} cancelText={say('dialog.cancel')}
      okButtonProps={{ htmlType: 'submit', form: 'form-dialog', danger }} confirmLoading={sending.isPending} afterClose={() => setFault(null)}
    >
      <Form id="form-dialog" form={form} layout="vertical" initialValues={initial} preserve={false} requiredMark={false} onFinish={(values) => sending.mutate(values)}>
        {fault ? <div className="form-fault"><FaultNote error={fault.error} fields={!fault.placed} /></div> : null}
        {typeof children === 'function' ? children(form) : children}
      </Form>
    </Modal>
  )
}

/** Puts each fault at its field; true when every one found its place. */
function placeFaults<Values extends object>(form: FormInstance<Values>, error: unknown): boolean {
  if (!isApiFault(error) || error.problem.errors.length === 0) return false
  const names = Object.keys(form.getFieldsValue(true) as object)
  const { byField, rest } = faultsByField(error.problem, names)
  form.setFields(Object.entries(byField).map(([name, errors]) => ({ name, errors })) as Parameters<typeof form.setFields>[0])
  return rest.length === 0
}
